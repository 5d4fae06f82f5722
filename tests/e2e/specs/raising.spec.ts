// A node that raises: promptflow's error, the traceback, and the way to the line.

import { addFlow, pythonFlow } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test('the error, its traceback and a link to the line of the file', async ({ deck, page, app }) => {
  addFlow(deck.flows, 'raises', pythonFlow('raise ValueError(f"cannot work with {text}")'));
  await deck.start();
  await app.open('raises');
  await app.startSession();
  await app.run('Failed');

  const node = app.node('work');
  await expect(node).toContainText('cannot work with hello');
  await expect(node).toContainText('ToolExecutionError');
  await expect(node).toContainText('Traceback');

  await node.getByRole('link', { name: /work\.py.*9/ }).click();
  await expect(app.rawSwitch).toBeChecked();
  const editor = app.editor('work.py');
  await expect(editor).toBeFocused();
  await expect(editor.locator('.cm-activeLine')).toContainText('raise ValueError');
  await expect(page).toHaveURL(/file=work\.py/);
});
