import {execFile} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import test from 'ava';

type Ended = {
	code: number | string | null | undefined;
	signal: string | undefined;
	out: string;
	err: string;
};

const run = (name: string): Promise<Ended> =>
	new Promise(resolve => {
		const file = fileURLToPath(new URL(`../../programs/${name}.ts`, import.meta.url));
		execFile(process.execPath, [file], (error, out, err) =>
			resolve({code: error ? error.code : 0, signal: error?.signal ?? undefined, out, err}),
		);
	});

test('a process ends by itself when nothing is open any more', async t => {
	t.like(await run('nothing-open'), {code: 0, out: 'closed\n', err: ''});
});

test('a process may exit while everything is running', async t => {
	t.like(await run('exits-while-running'), {code: 7, err: ''});
});

test('what a listener throws is an uncaught exception', async t => {
	const {code, err} = await run('throwing-listener');
	t.is(code, 1);
	t.regex(err, /Error: thrown by a listener/);
});

test('twenty workers can be terminated while everything is running', async t => {
	t.like(await run('terminated-workers'), {code: 0, out: 'done\n', err: ''});
});
