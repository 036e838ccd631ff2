import test from 'ava';
import {Losses} from '../../../lib/media/losses.ts';
import {createLogger} from '../../../lib/observe/logger.ts';

const none = {undecryptablePackets: 0};

test('losses are told the first time at once, then by the minute with their sum', t => {
	const lines: unknown[] = [];
	const timers: (() => void)[] = [];
	const output = {
		write: (line: string) => void lines.push((JSON.parse(line) as {msg: unknown}).msg),
	};
	const losses = new Losses(createLogger({level: 'info', format: 'json', output}), {
		start: callback => timers.push(callback),
		stop: () => void timers.splice(0),
	});
	losses.look({lostPackets: 0, resyncs: 0, damagedFrames: 0, ...none});
	losses.look({lostPackets: 1, resyncs: 0, damagedFrames: 0, ...none});
	losses.look({lostPackets: 3, resyncs: 0, damagedFrames: 0, ...none});
	losses.look({lostPackets: 7, resyncs: 0, damagedFrames: 1, ...none});
	t.deepEqual(lines, ['an RTP packet was lost', 'a frame misses a piece']);
	timers.shift()?.();
	t.deepEqual(lines.slice(2), ['an RTP packet was lost (6 times)']);
	losses.look({lostPackets: 0, resyncs: 0, damagedFrames: 0, ...none}); // a new stream counts anew
	losses.look({lostPackets: 2, resyncs: 0, damagedFrames: 0, ...none});
	losses.look({lostPackets: 2, resyncs: 0, damagedFrames: 0, undecryptablePackets: 1});
	losses.close();
	losses.close();
	t.deepEqual(lines.slice(3), [
		'a packet cannot be decrypted: it was encrypted by another key than was told',
		'an RTP packet was lost (2 times)',
	]);
});
