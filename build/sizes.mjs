// The budgets ESLint does not know: lines of C++ files, and that unfinished work names its issue.
import {readFileSync} from 'node:fs';
import {files} from './tools.mjs';

const budgets = {cpp: 600, hpp: 250};
const found = [];

for (const file of await files(['native', 'test', 'lib', 'web', 'build', 'bench', 'examples'])) {
	if (!/\.([ch]pp|ts|m?js|sh|css|html|txt)$/.test(file) || file.startsWith('test/fixtures/'))
		continue;
	const text = readFileSync(file, 'utf8');
	const budget = budgets[/\.(\w+)$/.exec(file)[1]];
	const count = text.split('\n').length - 1;
	// A first-line comment may say why this one is longer.
	if (budget && count > budget && !/^\/\/ Longer than/.test(text))
		found.push(
			`${file}: ${count} lines, at most ${budget}, or a first line «// Longer than ... because»`,
		);
	for (const [line] of text.matchAll(/^.*(?:\/\/|\/?\*|#) ?TODO\b(?!\(#\d+\)).*$/gm))
		found.push(`${file}: names no issue, as in TODO(#123): ${line.trim()}`);
}
for (const line of found) console.log(line);
process.exitCode = found.length === 0 ? 0 : 1;
