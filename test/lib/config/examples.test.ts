import {readFileSync, readdirSync} from 'node:fs';
import test from 'ava';
import {load} from '../../helpers/config.ts';

for (const file of readdirSync('examples/config')) {
	test(`examples/config/${file} loads without a warning`, t => {
		const text = readFileSync(`examples/config/${file}`, 'utf8');
		t.deepEqual(load(text).warnings, []);
		t.true(text.startsWith('# This example shows how to:\n# 1. '));
	});
}

test('every YAML in the reference loads without a warning', t => {
	const blocks = readFileSync('docs/reference/config.md', 'utf8').matchAll(/```yaml\n([^]*?)```/g);
	const texts = [...blocks].map(([, text = '']) => text);
	t.true(texts.length > 0);
	for (const text of texts) t.deepEqual(load(text).warnings, []);
});

for (const guide of readdirSync('docs/guides')) {
	const text = readFileSync(`docs/guides/${guide}`, 'utf8');
	for (const [index, [, yaml = '']] of [...text.matchAll(/^```yaml\n([^]*?)^```/gm)].entries())
		test(`the YAML number ${index + 1} of docs/guides/${guide} loads without a warning`, t => {
			t.deepEqual(load(yaml).warnings, []);
		});
}
