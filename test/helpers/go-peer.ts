import {mkdirSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import type {ExecutionContext} from 'ava';
import {runCommand} from './command.ts';

/** What the peer on gortsplib says of what it has read. */
export type GoReport = {pictures: number; sounds: number; lost: number; errors: number};

/** The program of test/go; undefined where there is no Go that builds it, which fails in CI. */
export const buildGoPeer = async (t: ExecutionContext): Promise<string | undefined> => {
	const [cwd, program] = [folder('../go'), folder('../../out/rtsp-peer')];
	mkdirSync(folder('../../out'), {recursive: true});
	const built = await runCommand('go', ['build', '-o', program, '.'], {cwd}).catch(
		(error: unknown) => ({code: 127, stderr: String(error)}),
	);
	if (built.code === 0) return program;
	if (process.env['CI']) t.fail(built.stderr);
	t.log(`left out, because test/go was not built: ${built.stderr}`);
	return undefined;
};

const folder = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
