import {MediaError} from '../../errors.ts';
import type {Amf, AmfObject} from './amf0.ts';

/** What a status says; texts that it lacks are empty. */
export type Info = {level: string; code: string; description: string; tcUrl: string};

/** Of Enhanced RTMP, version 2: the server goes on until the client has connected anew. */
export const reconnectRequest = 'NetConnection.Connect.ReconnectRequest';

/** The end of what is played. */
export const farewells = [
	'NetStream.Play.Stop',
	'NetStream.Play.Complete',
	'NetStream.Play.UnpublishNotify',
];

/** The first value that is one. */
export const infoOf = (values: readonly Amf[]): Info => {
	const info = values.find(isObject) ?? {};
	const text = (name: string) => (typeof info[name] === 'string' ? info[name] : '');
	return {
		level: text('level'),
		code: text('code'),
		description: text('description'),
		tcUrl: text('tcUrl'),
	};
};

const isObject = (value: Amf): value is AmfObject => isMap(value) && 'code' in value;

export const isMap = (value: Amf): value is AmfObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** In the words of the server. */
export const refused = ({code, description}: Info): MediaError => {
	const words = [description, code && `(${code})`].filter(text => text !== '').join(' ');
	return new MediaError('RTMP_REFUSED', words === '' ? 'the server refuses it' : words);
};
