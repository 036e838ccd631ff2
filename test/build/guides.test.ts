import {readdirSync, readFileSync} from 'node:fs';
import test from 'ava';

const guides = readdirSync('docs/guides').map(name => `docs/guides/${name}`);
const shown = guides.flatMap(guide => {
	const text = readFileSync(guide, 'utf8');
	const blocks = text.matchAll(/^\[(examples\/[^\]]+)\][^\n]*\n\n```ts\n([^]*?)```/gm);
	return [...blocks].map(([, file = '', code = '']) => ({guide, file, code}));
});

for (const {guide, file, code} of shown) {
	test(`${guide} shows ${file} as it is`, t => {
		// A page is indented by spaces.
		t.is(code, readFileSync(file, 'utf8').replaceAll('\t', '  '));
	});
}

test('guides show the examples of the library', t => {
	const files = shown.map(({file}) => file);
	t.true(files.includes('examples/serve-camera.ts'));
	t.true(files.includes('examples/own-pipeline.ts'));
});
