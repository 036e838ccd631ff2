// All that is checked without running the product; two checks at a time, outputs only of those that fail.
import {existsSync, readFileSync} from 'node:fs';
import {check, count, files, finish, lines, must, since, together} from './tools.mjs';
import {findTool} from './clang.mjs';

const node = process.execPath;
const bin = path => `node_modules/${path}`;
const cpp = await files(['native/**.[ch]pp', 'test/**.[ch]pp']);
// .prettierignore says which of them are left alone.
const pretty = await files(['*.ts', '*.mjs', '*.js', '*.json', '*.md', '*.css', '*.html', '*.yml']);

await together(2, [
	() =>
		check('eslint', node, [
			bin('eslint/bin/eslint.js'),
			'--cache',
			'--cache-location=out/eslint',
			'.',
		]),
	() => check('tsc', node, [bin('typescript/bin/tsc'), '-p', '.']),
	() =>
		check('prettier', node, [
			bin('prettier/bin/prettier.cjs'),
			'--check',
			'--log-level=warn',
			...pretty.filter(file => existsSync(file)),
		]),
	clangFormat,
	goVet,
	...['layers', 'boundary', 'sizes'].map(name => () => check(name, node, [`build/${name}.mjs`])),
	clangTidy,
]);
finish();

async function clangFormat() {
	const tool = await findTool('clang-format', {exactly: 14});
	if (tool) return check('clang-format', tool, ['--dry-run', '--Werror', ...cpp]);
	console.log('clang-format skipped: there is no version 14 here, and others format differently');
}

// A peer of the tests is written in Go.
async function goVet() {
	const [program] = await lines('go', ['env', 'GOVERSION']);
	if (!program) return console.log('go vet skipped: there is no Go here');
	await check('go vet', 'sh', ['-c', 'cd test/go && test -z "$(gofmt -l .)" && go vet ./...']);
}

// What changed since the last commit of the main line, or in the last commit; what is left after its time is told.
async function clangTidy() {
	const startMs = performance.now();
	const tool = await findTool('clang-tidy', {exactly: 14});
	const changed = (await changedFiles()).filter(
		file => /^native\/.*\.cpp$/.test(file) && existsSync(file),
	);
	if (!tool || !existsSync('out/CMakeCache.txt') || changed.length === 0)
		return console.log('clang-tidy: nothing to look at');
	await commandsOfEachFile();
	const left = [];
	await together(
		2,
		changed.map(file => async () => {
			if (since(startMs) > 90) return left.push(file);
			await check(`clang-tidy ${file}`, tool, [
				'-p',
				'out/tidy',
				'--quiet',
				'--extra-arg=-Wno-unknown-warning-option',
				file,
			]);
		}),
	);
	if (left.length > 0) console.log(`clang-tidy: out of time before ${left.join(' ')}`);
	if (left.length === changed.length) count('clang-tidy', {passed: 0, failed: 1});
}

// How each file is compiled by itself, with the same headers of Node as the addon.
async function commandsOfEachFile() {
	const cache = readFileSync('out/CMakeCache.txt', 'utf8');
	const headers = /^CMAKE_JS_INC:.*?=(.*)$/m.exec(cache)?.[1] ?? '';
	const settings = [`-DCMAKE_JS_INC=${headers}`, '-DCMAKE_UNITY_BUILD=OFF'];
	await must('cmake', ['-S', '.', '-B', 'out/tidy', '-G', 'Ninja', ...settings], {quiet: true});
}

async function changedFiles() {
	const [head] = await lines('git', ['rev-parse', 'HEAD']);
	const [fork] = await lines('git', ['merge-base', 'HEAD', 'origin/main']);
	const base = process.env.LINT_BASE ?? (fork && fork !== head ? fork : 'HEAD~1');
	return lines('git', ['diff', '--name-only', base]);
}
