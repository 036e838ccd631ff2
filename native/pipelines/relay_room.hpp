#pragma once

#include "gst/ref.hpp"

namespace pipelines {

// How much waits in front of the output: a queue for every track, so that badly interleaved files
// starve none of them, and what is to be written slowly is not all held in memory.

// Room for a few seconds of anything. To a queue or a multiqueue.
void giveRoom(GstElement* queue);

// A queue with such room; floating.
GstElement* makeQueue();

// A queue with room for one frame, so that media still stops at once in a pause; floating.
GstElement* makeStep();

// Of a multiqueue that is full, on the thread that has filled it: a track that is wanted has so
// little in it that what is behind may wait for more. It begins late, or lies far behind the others
// in its file.
bool waitsForMedia(GstElement* multiqueue);

// More room for its tracks; false: they have all they may get.
bool makeRoom(GstElement* multiqueue);

}  // namespace pipelines
