// What a publisher announces, and how it calls its tracks afterwards.
import {parsed, unparsed} from '../../util/parsed.ts';
import type {Parsed} from '../../util/parsed.ts';
import {endSlashes} from './request-url.ts';
import {parseSdp} from './sdp.ts';
import type {SdpMedia} from './sdp.ts';
import {tracksOf} from './tracks.ts';
import type {DescribedTrack} from './tracks.ts';

/** The tracks of an announcement. A publisher's `sendonly` is no back channel: it is the publisher who sends. */
export const announcedTracks = (text: string): Parsed<DescribedTrack[]> => {
	const sdp = parseSdp(text);
	if (!sdp.ok) return unparsed(`expected a session description: ${sdp.reason}`);
	const tracks = tracksOf({...sdp.value, medias: sdp.value.medias.map(withoutDirection)});
	if (tracks.length > 0) return parsed(tracks);
	return unparsed('expected a session description with a track of video or audio over RTP');
};

/**
 * Which track a SETUP is about: the one whose control stands at the end of the URL (before or after its query), else
 * the next one that `isFree`, where controls are missing. Undefined: none.
 */
export const findAnnounced = (
	url: string,
	tracks: readonly DescribedTrack[],
	isFree: (index: number) => boolean,
): number | undefined => {
	const urls = [url, url.replace(/\?.*$/s, '')].map(text => text.replace(endSlashes, ''));
	const named = tracks.findIndex(({control}) => urls.some(text => isCalled(text, control)));
	if (named >= 0) return named;
	const next = tracks.findIndex(({control}, index) => isFree(index) && !control?.trim());
	return next >= 0 ? next : undefined;
};

const isCalled = (url: string, control = ''): boolean => {
	const name = control.trim().replace(endSlashes, '');
	if (name === '' || name === '*') return false;
	return url === name || url.endsWith(`/${name.replace(/^\/+/, '')}`);
};

const withoutDirection = (media: SdpMedia): SdpMedia => ({
	...media,
	attributes: media.attributes.filter(({name}) => name !== 'sendonly'),
});
