import test from 'ava';
import {startPull, untilFrames} from './pull.ts';
import {startScriptedCamera} from './scripted-camera.ts';
import type {Asked, Reply, Script, Session} from './scripted-camera.ts';

export type Change = (reply: Reply, asked: Asked, session: Session) => string | void;

/** Changes the answers to one method. */
export const on =
	(method: string, change: Change): Change =>
	(reply, asked, session) =>
		asked.method === method ? change(reply, asked, session) : undefined;

/** Pictures come whole and in order, in one session that is torn down in the end. */
export const isPulled = test.macro({
	async exec(t, _line: string, script: Script, path?: string) {
		const camera = await startScriptedCamera(t, script);
		const pull = startPull(t, camera.url(path ?? '/live'));
		await untilFrames(camera, pull);
		t.like(pull.epochs[0]?.tracks[0], {
			type: camera.codec.toLowerCase(),
			width: 320,
			height: 240,
		});
		t.like(pull.stats(), {damagedFrames: 0, lostPackets: 0, resyncs: 0, epoch: 1});
		await pull.close();
		t.is(camera.sessions.length, 1);
		t.is(camera.methods().at(-1), 'TEARDOWN');
	},
	title: (_, line) => cite(line as string, 'pictures come from'),
});

/** `7: a camera that ...` is one of line 7 of acceptance/rtsp-cameras.md. */
export const cite = (text: string, says: string): string => {
	const [, line, camera] = /^([\d, ]+): (.*)$/s.exec(text) ?? [];
	return line === undefined ? `${says} ${text}` : `line ${line}: ${says} ${camera}`;
};

/** Sets one header of the answers to one method. */
export const header = (
	method: string,
	name: string,
	value: (asked: Asked, session: Session) => string,
) => ({
	reply: on(method, (reply, asked, session) => {
		reply.headers.set(name, value(asked, session));
	}),
});
