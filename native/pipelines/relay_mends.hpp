#pragma once

#include "gst/ref.hpp"

namespace pipelines {

// What elements of GStreamer do not do right.

// Takes off the front of an encoder of AAC what a decoder needs before it begins: its first frame.
// Whatever follows would come that much too late: 21 ms at 48 kHz, 128 ms at 8 kHz.
void leaveOutPriming(GstElement* encoder);

// Opus in MP4: GStreamer 1.22 writes numbers of the box dOps backwards, and players throw away what
// they take for a lead-in: the first 0.3 s.
void mendOpusOfMp4(GstElement* muxer);

// rtspclientsink ends when its reports of RTP have, which rtpsession ends where the pad of the
// media is marked as ended; but GStreamer marks it after the event, and the thread of the reports
// may be quicker. Then the sink would never end. Before it leaves NULL.
void mendEndOfRtsp(GstElement* sink);

// Frames that have parameter sets in them are marked as headers, by h264parse and by mpegtsmux, and
// srtsink sends no headers: nobody would get a key frame. For a pad in front of the muxer.
void unmarkHeaders(GstPad* pad);

// Parsers tell what they have measured in tags, again and again, and flvmux writes all its metadata
// anew for each: only those before the first frame pass. For a pad in front of the muxer.
void keepTagsInFront(GstPad* pad);

}  // namespace pipelines
