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
		t.like(pull.epochs[0]?.tracks[0], {type: 'h264', width: 320, height: 240});
		t.like(pull.stats(), {damagedFrames: 0, lostPackets: 0, resyncs: 0, epoch: 1});
		await pull.close();
		t.is(camera.sessions.length, 1);
		t.is(camera.methods().at(-1), 'TEARDOWN');
	},
	title: (_, line) => `pictures come from ${line}`,
});

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
