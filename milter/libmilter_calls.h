// libmilter_calls.h - the system calls of libmilter, buffered: packets that come together are read at once, and the changes of a message
// are sent at once with the answer that follows them.
//
// libmilter polls three times and reads twice for each packet, and an MTA sends a packet for each header (Postfix two). It also
// writes each change by itself, and each wakes the MTA. So its archive is linked with its own calls renamed to these
// (CMakeLists.txt, docs/adr/0006); nobody else in the process makes them.
//
// Each answers as the call of its name does, errno included. What was read ahead counts as waiting to be read. A change that
// is held back counts as written; the packet after it takes it along, and so does a wait for the MTA.
//
// Owns:    the buffers of each accepted connection, until it is closed.
// Threads: any; one descriptor by one thread at a time, handed over under a lock, as libmilter does.
// Blocks:  as the calls do.
// Fails:   as the calls do; without memory for buffers, or with a descriptor past 65,535, they are the plain ones.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

extern "C" {
int winnow_milter_accept(int listening, sockaddr* peer, socklen_t* peer_size) noexcept;
int winnow_milter_poll(pollfd* polled, nfds_t count, int timeout_ms) noexcept;
ssize_t winnow_milter_read(int descriptor, void* into, size_t size) noexcept;
ssize_t winnow_milter_writev(int descriptor, const iovec* pieces, int count) noexcept;
int winnow_milter_close(int descriptor) noexcept;
}
