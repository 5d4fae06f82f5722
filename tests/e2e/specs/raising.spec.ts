// A node that raises: promptflow's error, the traceback, and the way to the line.

import { addFlow, pythonFlow } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test('the error, its traceback and a link to the line of the file', async ({ deck, page, app }) => {
  addFlow(deck.flows, 'raises', pythonFlow('raise ValueError(f"cannot work with {text}")'));
  await deck.start();
  await app.open('raises');
  await app.startSession();
  await app.run('Failed');

  await expect(app.outputs).toContainText('cannot work with hello');
  await expect(app.outputs).toContainText('ToolExecutionError');
  await expect(app.outputs).toContainText('Traceback');
  // It is told once.
  await expect(app.node('work')).not.toContainText('Traceback');

  await app.outputs.getByRole('link', { name: /work\.py.*9/ }).click();
  await expect(app.rawSwitch).toBeChecked();
  const editor = app.editor('work.py');
  await expect(editor).toBeFocused();
  await expect(editor.locator('.cm-activeLine')).toContainText('raise ValueError');
  await expect(page).toHaveURL(/file=work\.py/);
});
