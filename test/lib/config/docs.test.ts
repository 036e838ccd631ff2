import {execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {promisify} from 'node:util';
import test from 'ava';
import {load} from '../../helpers/config.ts';
import {loadConfig} from '../../../lib/config/load.ts';

const run = promisify(execFile);

test('reference and sample are as the code would write them now', async t => {
	await t.notThrowsAsync(run(process.execPath, ['build/docs.mjs', '--check']));
});

test('the sample says the defaults, without a warning', t => {
	const {config, warnings} = load(readFileSync('sluice.yml', 'utf8'));
	t.deepEqual(warnings, []);
	t.deepEqual(config, loadConfig({env: {}}).config);
});
