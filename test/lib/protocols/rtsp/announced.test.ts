import test from 'ava';
import fc from 'fast-check';
import {announcedTracks, findAnnounced} from '../../../../lib/protocols/rtsp/announced.ts';
import type {DescribedTrack} from '../../../../lib/protocols/rtsp/tracks.ts';

const sdp = (...controls: string[]) =>
	controls.map(control => `m=audio 0 RTP/AVP 0\r\na=sendonly\r\na=control:${control}\r\n`).join('');

const tracksOf = (...controls: string[]): DescribedTrack[] => {
	const tracks = announcedTracks(sdp(...controls));
	return tracks.ok ? tracks.value : [];
};

test('a publisher that says it only sends is taken at its word', t => {
	t.is(tracksOf('a', 'b').length, 2);
});

test('tracks without a control are set up in their order', t => {
	const tracks = tracksOf('', '');
	t.is(
		findAnnounced('rtsp://h/p', tracks, () => true),
		0,
	);
	t.is(
		findAnnounced('rtsp://h/p', tracks, index => index === 1),
		1,
	);
	t.is(
		findAnnounced('rtsp://h/p', tracks, () => false),
		undefined,
	);
});

test('a control that ends like another one is not taken for it', t => {
	const tracks = tracksOf('1', 'track1');
	t.is(
		findAnnounced('rtsp://h/p/track1', tracks, () => true),
		1,
	);
	t.is(
		findAnnounced('rtsp://h/p/1', tracks, () => true),
		0,
	);
});

test('whatever is announced and asked for, there is an answer', t => {
	fc.assert(
		fc.property(fc.string(), fc.webUrl(), fc.array(fc.string()), (text, url, controls) => {
			announcedTracks(text);
			const tracks = tracksOf(...controls);
			const found = findAnnounced(url, tracks, () => true);
			return found === undefined || found < tracks.length;
		}),
	);
	t.pass();
});

test('an announcement of a megabyte of blanks or slashes is read as fast as any other', t => {
	const many = 1_000_000;
	const blanks = announcedTracks(`m=audio 0 RTP/AVP 0\r\na=x:${' '.repeat(many)}x\r\n`);
	t.true(blanks.ok);
	const tracks = tracksOf(`${'/'.repeat(many)}x`);
	t.is(
		findAnnounced('rtsp://h/p', tracks, () => true),
		undefined,
	);
});
