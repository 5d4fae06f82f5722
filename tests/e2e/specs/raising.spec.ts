// A node that raises: promptflow's error, the traceback, and the way to the line.

import { addFlow, pythonFlow } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test('the error, its traceback and a link to the line of the file', async ({ deck, page, screen }) => {
  addFlow(deck.flows, 'raises', pythonFlow('raise ValueError(f"cannot work with {text}")'));
  await deck.start();
  await screen.open('raises');
  await screen.startSession();
  await screen.run('Failed');

  const node = screen.node('work');
  await expect(node).toContainText('cannot work with hello');
  await expect(node).toContainText('ToolExecutionError');
  await expect(node).toContainText('Traceback');

  await node.getByRole('link', { name: /work\.py.*9/ }).click();
  await expect(screen.rawSwitch).toBeChecked();
  const editor = screen.editor('work.py');
  await expect(editor).toBeFocused();
  await expect(editor.locator('.cm-activeLine')).toContainText('raise ValueError');
  await expect(page).toHaveURL(/file=work\.py/);
});
