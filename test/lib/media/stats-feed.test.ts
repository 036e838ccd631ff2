import {once} from 'node:events';
import type {Readable} from 'node:stream';
import test from 'ava';
import type {StatsFacts} from '../../../lib/media/stats-facts.ts';
import {StatsFeed} from '../../../lib/media/stats-feed.ts';

/** A feed that counts how often it was looked around. */
const startFeed = (options: object = {}) => {
	const state = {looks: 0};
	const look = () => {
		state.looks++;
		return {paths: [], readers: []};
	};
	return {feed: new StatsFeed(look, {periodMs: 5, ...options}), state};
};

const nextEvent = async (stream: Readable): Promise<StatsFacts> => {
	const [text] = (await once(stream, 'data')) as [string];
	return JSON.parse(text.replace(/^data: /, '')) as StatsFacts;
};

test('whoever follows is told at once, and again', async t => {
	const {feed} = startFeed();
	const stream = feed.follow();
	const first = await nextEvent(stream);
	t.deepEqual([first.paths, first.readers], [[], []]);
	t.true(first.process.memoryBytes > 0);
	const second = await nextEvent(stream);
	t.true(second.time >= first.time);
	t.true(second.process.uptime > first.process.uptime);
	feed.close();
});

test('nobody follows, and nothing is made', async t => {
	const {feed, state} = startFeed();
	t.is(state.looks, 0);
	const stream = feed.follow();
	await nextEvent(stream);
	stream.destroy();
	await once(stream, 'close');
	const other = feed.follow();
	await nextEvent(other);
	await nextEvent(other);
	feed.close();
	await once(other, 'end');
	const {looks} = state;
	await new Promise(resolve => setImmediate(resolve));
	t.is(state.looks, looks);
});

test('who does not read misses some, and is not waited for', async t => {
	const {feed} = startFeed();
	const [slow, quick] = [feed.follow(), feed.follow()];
	slow.pause();
	for (let count = 0; count < 20; count++) await nextEvent(quick);
	t.true(slow.readableLength <= 1);
	feed.close();
});

test('more than may follow are refused', async t => {
	const {feed} = startFeed({maxFollowers: 1});
	const stream = feed.follow();
	await nextEvent(stream);
	t.throws(() => feed.follow(), {code: 'STATS_BUSY'});
	feed.close();
	t.throws(() => feed.follow(), {code: 'STATS_BUSY'});
});
