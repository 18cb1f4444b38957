// message_log.h - the one line that each message gets in the log.
//
//     4bK2xQ0cTz: judged verdict=junk p=0.982 rule=junk action=accept batch=12 wait_us=740 infer_us=1310 model=...
//     4bK2xQ0cTz: fallback cause=deadline action=accept waited_us=4000000 ...
//
//     4bK2xQ0cTz: skipped reason=network client=192.0.2.7 recipients=1
//
// Fails:   never; text from mail is quoted and cut, lists end in "+N more".
// Units:   a line has less than 8 KiB, as much as rsyslog takes, however many recipients and rules there are.
#pragma once

#include <chrono>
#include <string>

#include "milter/modifications.h"

namespace winnow {

/// The queue id as it may stand in a log line: the macro when it looks like one, else "NOQUEUE".
std::string log_id(std::string_view queue_id);

std::string judged_line(std::string_view queue_id, const Judgement& judgement, const Answer& answer,
                        const Session& session, std::chrono::microseconds total);

std::string skipped_line(std::string_view queue_id, const Session& session);

}  // namespace winnow
