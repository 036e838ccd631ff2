import test from 'ava';
import fc from 'fast-check';
import {startPull} from '../../../helpers/pull.ts';
import {formatReply, startScriptedCamera} from '../../../helpers/scripted-camera.ts';

/** A cut, a flood or a few other bytes at any place of an answer. */
const damage = fc.record({
	at: fc.double({min: 0, max: 1, noNaN: true}),
	skip: fc.integer({min: 0, max: 40}),
	insert: fc.string({unit: 'binary-ascii', maxLength: 200}),
	question: fc.integer({min: 0, max: 4}),
});

test('whatever a camera answers, the try ends or goes on, and can be closed', async t => {
	const tries = fc.sample(damage, 40).map(async it => {
		let count = 0;
		const camera = await startScriptedCamera(t, {
			reply: reply => {
				const text = formatReply(reply);
				const place = Math.floor(it.at * text.length);
				const damaged = text.slice(0, place) + it.insert + text.slice(place + it.skip);
				return count++ === it.question ? damaged : text;
			},
		});
		const pull = startPull(t, camera.url(), {readTimeoutMs: 1000});
		const isSent = camera.untilPicture(() => camera.sessions.some(({isPlaying}) => isPlaying));
		const error = await Promise.race([pull.failure(), isSent]);
		await pull.close();
		t.regex(error?.code ?? 'RTSP_', /^RTSP_/, JSON.stringify(it));
	});
	await Promise.all(tries);
});
