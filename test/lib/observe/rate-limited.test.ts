import test from 'ava';
import {createLogger} from '../../../lib/observe/logger.ts';
import {RateLimited} from '../../../lib/observe/rate-limited.ts';

const open = () => {
	const lines: unknown[] = [];
	const timers: (() => void)[] = [];
	const output = {
		write: (line: string) => void lines.push((JSON.parse(line) as {msg: unknown}).msg),
	};
	const limited = new RateLimited({
		logger: createLogger({level: 'info', format: 'json', output}),
		timers: {start: callback => timers.push(callback), stop: () => void timers.splice(0)},
	});
	return {lines, limited, second: () => timers.shift()?.()};
};

test('the first is logged at once, the others once a second with their number and the newest', t => {
	const {lines, limited, second} = open();
	limited.note('lost packet 1');
	limited.note('lost packet 2');
	limited.note('lost packets', 5);
	t.deepEqual(lines, ['lost packet 1']);
	second();
	t.deepEqual(lines, ['lost packet 1', 'lost packets (6 times)']);
	second();
	second();
	limited.note('lost packet 8');
	t.deepEqual(lines.slice(2), ['lost packet 8']);
	t.is(limited.total, 8);
});

test('what is left is logged by close, which may be called twice', t => {
	const {lines, limited, second} = open();
	limited.note('a');
	limited.note('b');
	limited.close();
	limited.close();
	second();
	t.deepEqual(lines, ['a', 'b']);
});
