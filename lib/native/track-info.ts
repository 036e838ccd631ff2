// Tracks at the door (binding.ts): what an ingest is told of them, and what an epoch tells.

/** One `m=` section as the media thread needs it; base64 and hexadecimal are decoded already. */
export type RtpTrackSpec = {
	kind: 'video' | 'audio' | 'other';
	/** Encoding name of RTP in upper case: `H264`, `MPEG4-GENERIC`; those native code cannot parse stay opaque. */
	codec: string;
	clockRateHz: number;
	/** Of audio, as rtpmap says; 1 where it does not. */
	channels: number;
	payloadType: number;
	/** What rtpmap says behind the payload type, `PCMU/8000`; may be empty. */
	encoding: string;
	/** What fmtp says behind the payload type; may be empty. */
	fmtp: string;
	channel: number;
	rtcpChannel: number;
	/** H264: sprop-parameter-sets; H265: sprop-vps, sprop-sps, sprop-pps. */
	parameterSets: Uint8Array[];
	/** MPEG4-GENERIC: AudioSpecificConfig; MP4A-LATM: StreamMuxConfig; MP4V-ES: VOS and VOL headers; JPEG: width and height in 16 bits each. */
	config: Uint8Array;
	/** MP4A-LATM: every packet may bring the StreamMuxConfig (cpresent). */
	configInBand: boolean;
	/** RFC 3640 section 4.1, in bits. */
	sizeLength: number;
	indexLength: number;
	indexDeltaLength: number;
	/** It may be asked for a key frame when a picture was lost (PLI, RFC 4585 section 6.3.1). */
	takesPictureLoss: boolean;
	/** What comes is SRTP, and so are reports that go. */
	srtp?: SrtpTrackSpec;
};

export type SrtpTrackSpec = {
	in: SrtpKeySpec;
	out: SrtpKeySpec;
	/** Of our reports. */
	ssrc: number;
	/** Whose sequence numbers have passed 0 already. */
	sources: {ssrc: number; rollovers: number}[];
};

export type SrtpKeySpec = {
	/** Master key and salt, 30 bytes. */
	key: Uint8Array;
	/** RTP is authenticated by 32 bits instead of 80. */
	shortTag: boolean;
};

/**
 * `fmp4` is the RFC 6381 name in fragmented MP4; empty: there is no place for it. `playable` is that of what all browsers
 * can play: the same, or of what its sound is made into.
 */
export type TrackInfo = {fmp4: string; playable: string} & (
	| {
			kind: 'video' | 'audio' | 'other';
			codec: string;
			clockRateHz: number;
			type: 'opaque';
			/** As the source's SDP had them; no `encoding`: it did not come as RTP. */
			encoding: string;
			fmtp: string;
			/** The source's; 0 = choose one. */
			payloadType: number;
	  }
	| {
			kind: 'video';
			codec: string;
			clockRateHz: number;
			type: 'h264';
			width: number;
			height: number;
			/** Announced by the VUI; numerator 0 = not announced. */
			frameRateNum: number;
			frameRateDen: number;
			maxReorderFrames: number;
			profileIdc: number;
			constraints: number;
			levelIdc: number;
			/** SPS and PPS without start codes. */
			parameterSets: Uint8Array[];
	  }
	| {
			kind: 'video';
			codec: string;
			clockRateHz: number;
			type: 'h265';
			width: number;
			height: number;
			/** Announced by VUI or VPS; numerator 0 = not announced. */
			frameRateNum: number;
			frameRateDen: number;
			maxReorderFrames: number;
			/** The 12 bytes from general_profile_space to general_level_idc. */
			profileTierLevel: Uint8Array;
			/** VPS, SPS and PPS without start codes. */
			parameterSets: Uint8Array[];
	  }
	/** Every other video codec whose pictures are understood: all that a decoder needs stands in them. */
	| {
			kind: 'video';
			codec: string;
			clockRateHz: number;
			type: 'video';
			width: number;
			height: number;
			/** Numerator 0 = not announced. */
			frameRateNum: number;
			frameRateDen: number;
			maxReorderFrames: number;
			/** As a session description says it behind the payload type; may be empty. */
			fmtp: string;
	  }
	/** Every other audio codec that is understood. */
	| {
			kind: 'audio';
			codec: string;
			clockRateHz: number;
			type: 'audio';
			sampleRateHz: number;
			channels: number;
	  }
	| {
			kind: 'audio';
			codec: string;
			clockRateHz: number;
			type: 'aac';
			sampleRateHz: number;
			channels: number;
			objectType: number;
			/** AudioSpecificConfig. */
			config: Uint8Array;
	  }
);
