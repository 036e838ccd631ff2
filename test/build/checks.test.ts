import {cpSync, mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {makeFolder, runCommand} from '../helpers/command.ts';
import type {Ended} from '../helpers/command.ts';

// Runs one of our checks over a repository that holds these files only.
const runCheck = async (
	t: ExecutionContext,
	name: string,
	files: Record<string, string>,
): Promise<Ended> => {
	const folder = makeFolder(t);
	cpSync('build', join(folder, 'build'), {recursive: true});
	for (const [path, text] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, path)), {recursive: true});
		writeFileSync(join(folder, path), text);
	}
	await runCommand('git', ['init', '-q'], {cwd: folder});
	return runCommand(process.execPath, [`build/${name}.mjs`], {cwd: folder});
};

const layers = test.macro({
	exec: async (t, path: string, line: string, complaint: string) => {
		const ended = await runCheck(t, 'layers', {[path]: `${line}\n`});
		t.is(ended.stdout, complaint === '' ? '' : `${path}: ${complaint}\n`);
		t.is(ended.code, complaint === '' ? 0 : 1);
	},
	title: (_, path, line, complaint) =>
		`the layer check ${complaint === '' ? 'allows' : 'refuses'} ${line} in ${path}`,
});

test(layers, 'native/core/a.cpp', '#include "core/b.hpp"', '');
test(layers, 'native/core/a.cpp', '#include <gst/gst.h>', 'native/core may not use <gst>');
test(layers, 'native/io/a.cpp', '#include "gst/pipeline.hpp"', 'native/io may not use native/gst');
test(layers, 'native/gst/a.cpp', '#include <napi.h>', 'native/gst may not use <napi>');
test(layers, 'lib/util/a.ts', "import {b} from '../errors.ts';", 'lib/util may not use lib/errors');
test(layers, 'lib/protocols/hls/a.ts', "import {b} from '../../media/b.ts';", '');
test(layers, 'lib/protocols/hls/a.ts', "import {b} from './b.ts';", '');
test(
	layers,
	'lib/protocols/hls/a.ts',
	"import {b} from '../rtsp/b.ts';",
	'lib/protocols/hls may not use lib/protocols/rtsp',
);
test(layers, 'lib/api/a.ts', "import {b} from '../native/b.ts';", 'lib/api may not use lib/native');
test(layers, 'lib/server.ts', "import {b} from './native/b.ts';", '');
test(
	layers,
	'lib/media/a.ts',
	"import {b} from '../server.ts';",
	'nothing but lib/cli may use lib/server.ts',
);

test('the layer check names a cycle of modules, but not of types', async t => {
	const refused = await runCheck(t, 'layers', {
		'lib/util/a.ts': "import {b} from './b.ts';\n",
		'lib/util/b.ts': "import {a} from './a.ts';\n",
	});
	t.regex(refused.stdout, /cycle: lib\/util\/a\.ts -> lib\/util\/b\.ts -> lib\/util\/a\.ts/);

	const allowed = await runCheck(t, 'layers', {
		'lib/util/a.ts': "import {b} from './b.ts';\n",
		'lib/util/b.ts': "import type {\n\tA,\n} from './a.ts';\n",
	});
	t.is(allowed.stdout, '');
});

const mirror = (signature: string): string =>
	`export type NativeBinding = {\n\t${signature};\n};\n`;

test('the boundary check accepts a signature that is broken into lines', async t => {
	const ended = await runCheck(t, 'boundary', {
		'lib/native/binding.ts': mirror('open(onEvents: (events: NativeEvent[]) => void): void'),
		'native/binding/addon.cpp':
			'  // Once.\n  // open(onEvents: (events: NativeEvent[]) =>\n  //     void): void\n  void open(Info info) {}\n',
	});
	t.is(ended.stdout, '');
	t.is(ended.code, 0);
});

test('the boundary check names a method whose signatures differ', async t => {
	const ended = await runCheck(t, 'boundary', {
		'lib/native/binding.ts': mirror('stop(id: Id): void'),
		'native/binding/addon.cpp': '  // stop(id: string): void\n  void stop(Info info) {}\n',
	});
	t.regex(ended.stdout, /^stop\n.*: \(id: Id\): void\n.*: \(id: string\): void\n$/);
	t.is(ended.code, 1);
});

test('the size check names a long C++ file that does not say why', async t => {
	const ended = await runCheck(t, 'sizes', {'native/core/a.hpp': '\n'.repeat(251)});
	t.regex(ended.stdout, /native\/core\/a\.hpp: 251 lines, at most 250/);
	t.is(ended.code, 1);
});
