import {EventEmitter} from 'node:events';
import test from 'ava';
import {MediaError} from '../../../../lib/errors.ts';
import {Waiting} from '../../../../lib/protocols/hls/waiting.ts';

const peer = () => Object.assign(new EventEmitter(), {destroyed: false});
const late = (word: string) => () => new MediaError('HLS_NO_NEWS', word);
const never = () => false;

test('who waits goes on when what they wait for is there, and others wait on', async t => {
	const waiting = new Waiting();
	let part = 0;
	const until = (wanted: number) =>
		waiting.until(() => part >= wanted, {peer: peer(), patienceMs: 60_000, late: late('late')});
	const [one, two] = [until(1), until(2)];
	part = 1;
	waiting.wake();
	await one;
	t.is(waiting.size, 1);
	part = 2;
	waiting.wake();
	await two;
	await until(2);
	t.is(waiting.size, 0);
});

test('whoever has less patience is told first, also if they came later', async t => {
	const waiting = new Waiting();
	const long = waiting.until(never, {peer: peer(), patienceMs: 60_000, late: late('long')});
	const short = waiting.until(never, {peer: peer(), patienceMs: 1, late: late('short')});
	await t.throwsAsync(short, {message: 'short'});
	t.is(waiting.size, 1);
	waiting.fail(new MediaError('PATH_NOT_READY', 'over'));
	await t.throwsAsync(long, {message: 'over'});
});

test('a peer that goes away waits no more', async t => {
	const waiting = new Waiting();
	const gone = peer();
	const rest = waiting.until(never, {peer: gone, patienceMs: 60_000, late: late('late')});
	gone.emit('close');
	await t.throwsAsync(rest, {message: /went away/});
	t.is(waiting.size, 0);
	t.is(gone.listenerCount('close'), 0);
	const dead = Object.assign(peer(), {destroyed: true});
	const refused = waiting.until(never, {peer: dead, patienceMs: 60_000, late: late('late')});
	await t.throwsAsync(refused, {message: /went away/});
});

test('at the end everybody is told', async t => {
	const waiting = new Waiting();
	const rest = waiting.until(never, {peer: peer(), patienceMs: 60_000, late: late('late')});
	waiting.fail(new MediaError('PATH_NOT_READY', 'over'));
	await t.throwsAsync(rest, {message: 'over'});
	t.is(waiting.size, 0);
});
