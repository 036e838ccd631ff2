// How a scripted camera describes itself.
import {hevcType, nalType} from './media.ts';
import type {Picture} from './media.ts';

type Described = {
	pictures: Picture[];
	codec: 'H264' | 'H265';
	sound: {config: Buffer};
	script: {hasSound?: boolean};
};

/** The H.264 parameter sets that a camera's pictures begin with, in base64. */
export const parameterSets = ({pictures}: {pictures: Picture[]}): string =>
	pictures[0]!.nals
		.filter(nal => [7, 8].includes(nalType(nal)))
		.map(nal => nal.toString('base64'))
		.join(',');

const h264Sets = (camera: Described): string =>
	`packetization-mode=1;sprop-parameter-sets=${parameterSets(camera)}`;

const hevcSets = ({pictures}: Pick<Described, 'pictures'>): string =>
	['vps', 'sps', 'pps']
		.map((name, index) => {
			const set = pictures[0]!.nals.find(nal => hevcType(nal) === 32 + index)!;
			return `sprop-${name}=${set.toString('base64')}`;
		})
		.join(';');

export const describeCamera = (camera: Described): string => {
	const sound = [
		'm=audio 0 RTP/AVP 97',
		'a=rtpmap:97 MPEG4-GENERIC/48000/2',
		'a=fmtp:97 streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;' +
			`indexdeltalength=3;config=${camera.sound.config.toString('hex')}`,
		'a=control:sound',
	];
	const lines = [
		'v=0',
		'o=- 1 1 IN IP4 127.0.0.1',
		's=scripted',
		'c=IN IP4 0.0.0.0',
		't=0 0',
		'a=control:*',
		'm=video 0 RTP/AVP 96',
		`a=rtpmap:96 ${camera.codec}/90000`,
		`a=fmtp:96 ${camera.codec === 'H265' ? hevcSets(camera) : h264Sets(camera)}`,
		'a=control:picture',
		...(camera.script.hasSound ? sound : []),
	];
	return lines.map(line => `${line}\r\n`).join('');
};
