// The shapes in which the API shows dialogues with peers; docs/reference/openapi.json is made from them.
import {z} from 'zod';
import type {PathPushFacts} from '../media/push-facts.ts';
import type {RtmpConnectionView, RtspConnectionView, RtspSessionView} from './types.ts';

const count = (description?: string) =>
	description === undefined ? z.int().min(0) : z.int().min(0).describe(description);
const seconds = (description: string) => z.number().nullable().describe(description);

export const rtspSessionSchema = z
	.object({
		id: z.string(),
		isTls: z.boolean(),
		created: z.iso.datetime(),
		remoteAddr: z.string(),
		state: z.enum(['idle', 'read', 'publish']),
		path: z.string(),
		query: z.string(),
		user: z.string(),
		userAgent: z.string(),
		transport: z.enum(['TCP', 'UDP', 'UDP-multicast']).nullable(),
		profile: z.enum(['AVP', 'SAVP']).nullable(),
		conns: z.array(z.string()).describe('Ids of its connections.'),
		inboundBytes: count(),
		inboundRTPPackets: count(),
		inboundRTPPacketsLost: count(),
		outboundBytes: count(),
		outboundRTPPackets: count(),
		outboundRTPPacketsReportedLost: count(),
		outboundRTPPacketsDiscarded: count(
			'Left out because the reader was late; over UDP, what could not be sent.',
		),
		bytesReceived: count(),
		bytesSent: count(),
		rtpPacketsReceived: count(),
		rtpPacketsSent: count(),
		rtpPacketsLost: count(),
		packetsReceived: count('This and what follows are not fields of MediaMTX.'),
		packetsLost: count(),
		packetsSent: count(),
		packetsDropped: count(),
		reportedLost: count('By the reports of the reader; null = none came.').nullable(),
		jitter: seconds('Seconds: of what a publisher sends, else by the reports of the reader.'),
		roundTripTime: seconds('Seconds: by the reports of the reader, else of its connection.'),
	})
	.meta({id: 'RTSPSession'}) satisfies z.ZodType<RtspSessionView>;

export const rtspConnectionSchema = z
	.object({
		id: z.string(),
		isTls: z.boolean(),
		created: z.iso.datetime(),
		remoteAddr: z.string(),
		inboundBytes: count(),
		outboundBytes: count(),
		bytesReceived: count(),
		bytesSent: count(),
		session: z.string().nullable().describe('Id of its session.'),
		tunnel: z.enum(['none', 'http', 'websocket']),
	})
	.meta({id: 'RTSPConn'}) satisfies z.ZodType<RtspConnectionView>;

export const rtmpConnectionSchema = z
	.object({
		id: z.string(),
		isTls: z.boolean(),
		created: z.iso.datetime(),
		remoteAddr: z.string(),
		state: z.enum(['idle', 'publish', 'read']),
		path: z.string(),
		query: z.string(),
		user: z.string(),
		inboundBytes: count(),
		outboundBytes: count(),
		bytesReceived: count(),
		bytesSent: count(),
		messagesSent: count(),
		messagesDropped: count(),
	})
	.meta({id: 'RTMPConn'}) satisfies z.ZodType<RtmpConnectionView>;

export const pathPushSchema = z
	.object({
		name: z.string(),
		destinations: z.array(
			z.object({
				url: z.string(),
				protocol: z.string(),
				state: z.enum(['waiting', 'connecting', 'running', 'pausing']),
				since: z.iso.datetime().nullable(),
				error: z.object({code: z.string(), message: z.string()}).nullable(),
				bytesSent: count(),
				framesSent: count(),
				reconnects: count(),
			}),
		),
	})
	.meta({id: 'PathPush'}) satisfies z.ZodType<PathPushFacts>;
