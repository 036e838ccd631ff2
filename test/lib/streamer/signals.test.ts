import {EventEmitter} from 'node:events';
import test from 'ava';
import {Signals} from '../../../lib/streamer/signals.ts';

const start = () => {
	const told: string[] = [];
	const process = Object.assign(new EventEmitter(), {
		exit: (code: number) => void told.push(`exit code ${code}`),
	});
	const streamer = {
		exit: async () => {
			told.push('exit');
			return {error: null, note: null};
		},
		abandon: () => void told.push('abandon'),
	};
	return {told, process, streamer, signals: new Signals(process)};
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
	test(`${signal} ends in order, a second one breaks off`, t => {
		const {told, process, streamer, signals} = start();
		signals.obeyBy(streamer);
		t.deepEqual(told, []);
		process.emit(signal);
		t.deepEqual(told, ['exit']);
		process.emit(signal);
		t.deepEqual(told, ['exit', 'abandon', 'exit code 1']);
	});

	test(`${signal} before there is a streamer ends it as soon as there is one`, t => {
		const {told, process, streamer, signals} = start();
		process.emit(signal);
		t.deepEqual(told, []);
		signals.obeyBy(streamer);
		t.deepEqual(told, ['exit']);
	});
}

test('two signals before there is a streamer end the process', t => {
	const {told, process} = start();
	process.emit('SIGTERM');
	process.emit('SIGINT');
	t.deepEqual(told, ['exit code 1']);
});
