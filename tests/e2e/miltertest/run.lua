-- run.lua - the words the scripts speak, and at its end the run of the one script that is named.
-- `socket`, `directory` and `script` are set with -D by test_miltertest.py.

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"

-- What an MTA of old offers: to leave whole steps out, and nothing else (no SKIP, no missing replies).
PLAIN_STEPS = SMFIP_NOCONNECT + SMFIP_NOHELO + SMFIP_NOMAIL + SMFIP_NORCPT + SMFIP_NOBODY + SMFIP_NOHDRS + SMFIP_NOEOH
  + SMFIP_NOUNKNOWN + SMFIP_NODATA
-- Given because miltertest takes a nil here for "the defaults of everything", steps included.
PLAIN_ACTIONS = SMFIF_ADDHDRS + SMFIF_CHGHDRS

-- miltertest's calls give nil when all is well, and an error text otherwise.
function must(problem, step)
  if problem ~= nil then error(step .. ": " .. tostring(problem)) end
end

function check(condition, what)
  if not condition then error("expected: " .. what) end
end

function connect()
  local conn = mt.connect("unix:" .. socket)
  check(conn ~= nil, "a connection to " .. socket)
  return conn
end

-- Connect and helo of a client that is not authenticated; `address` may be "unspec".
function introduce(conn, address)
  must(mt.conninfo(conn, "mail.sender.example", address), "connect")
  if not mt.test_option(conn, SMFIP_NOHELO) then
    must(mt.helo(conn, "mail.sender.example"), "helo")
  end
end

function open_session()
  local conn = connect()
  introduce(conn, "198.51.100.25")
  return conn
end

function envelope(conn, queue_id)
  mt.macro(conn, SMFIC_MAIL, "i", queue_id)
  must(mt.mailfrom(conn, "<anna@sender.example>"), "mail")
  mt.macro(conn, SMFIC_RCPT, "i", queue_id)
  must(mt.rcptto(conn, "<tom@example.test>"), "rcpt")
end

function usual_headers(conn, subject)
  must(mt.header(conn, "From", "Anna Berg <anna@sender.example>"), "header")
  must(mt.header(conn, "To", "Tom Vale <tom@example.test>"), "header")
  must(mt.header(conn, "Subject", subject), "header")
  must(mt.header(conn, "Date", "Tue, 03 Mar 2026 09:12:07 +0100"), "header")
  must(mt.header(conn, "Message-ID", "<" .. subject:gsub("%s", ".") .. "@sender.example>"), "header")
end

function end_headers(conn)
  if not mt.test_option(conn, SMFIP_NOEOH) then
    must(mt.eoh(conn), "eoh")
  end
end

function body_and_end(conn, text)
  end_headers(conn)
  must(mt.bodystring(conn, text), "body")
  must(mt.eom(conn), "eom")
end

-- A whole message of one body chunk; the reply to its end is left to getreply().
function send_message(conn, queue_id, subject, text)
  envelope(conn, queue_id)
  usual_headers(conn, subject)
  body_and_end(conn, text)
end

function added(conn, name, value)
  if value == nil then
    return mt.eom_check(conn, MT_HDRADD, name) or mt.eom_check(conn, MT_HDRINSERT, name)
  end
  return mt.eom_check(conn, MT_HDRADD, name, value) or mt.eom_check(conn, MT_HDRINSERT, name, value)
      or mt.eom_check(conn, MT_HDRADD, name, " " .. value) or mt.eom_check(conn, MT_HDRINSERT, name, " " .. value)
end

function delivered(conn)
  local reply = mt.getreply(conn)
  return reply == SMFIR_ACCEPT or reply == SMFIR_CONTINUE
end

function check_junk(conn)
  check(delivered(conn), "a message that may be delivered")
  check(added(conn, "X-Spam-Flag", "YES"), "X-Spam-Flag: YES")
  check(added(conn, "X-Winnow"), "X-Winnow")
end

function check_not_junk(conn)
  check(delivered(conn), "a message that may be delivered")
  check(not added(conn, "X-Spam-Flag"), "no X-Spam-Flag")
  check(added(conn, "X-Winnow"), "X-Winnow")
end

HAM_TEXT = "Hi Tom,\r\n\r\nthanks for the draft. Two remarks: the second table should use the figures from March,\r\n"
  .. "and the paragraph about the workshop can go. Shall we talk it over on Thursday at ten?\r\n\r\nBest regards\r\nAnna\r\n"

-- miltertest ends with status 1 on an error but does not print it.
local ok, problem = xpcall(dofile, debug.traceback, directory .. "/" .. script .. ".lua")
if not ok then
  mt.echo(problem)
  error(problem)
end
