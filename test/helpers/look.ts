import type {ExecutionContext} from 'ava';
import {pino} from 'pino';
import {look} from '../../lib/inspect/look.ts';
import type {Look} from '../../lib/inspect/look.ts';
import {startNative} from './native.ts';
import {startScriptedCamera} from './scripted-camera.ts';
import type {ScriptedCamera, Script} from './scripted-camera.ts';

/** What is seen of a camera that follows a script, until it has sent so many pictures. */
export const lookAt = async (
	t: ExecutionContext,
	script: Script,
	{pictures = 60, rows = 10_000, userInfo = ''} = {},
): Promise<Look & {camera: ScriptedCamera}> => {
	const camera = await startScriptedCamera(t, script);
	const abort = new AbortController();
	const looking = look({
		native: startNative(t),
		url: camera.url('/live', userInfo),
		fingerprint: '',
		durationMs: 50_000,
		rows,
		logger: pino({level: 'silent'}),
		signal: abort.signal,
	});
	let sent = 0;
	camera.on('picture', count => (sent = count));
	await Promise.race([looking, camera.untilPicture(() => sent >= pictures)]);
	abort.abort();
	return {...(await looking), camera};
};
