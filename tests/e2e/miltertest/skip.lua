-- Past max_scan_bytes the rest of a body is asked to be skipped, but only by those who can; the verdict still comes.

-- As large as MTAs make them: Winnow takes anything shorter for the end of the body.
local CHUNK = string.rep(string.rep("words and words. ", 4) .. "\r\n", 940):sub(1, 65535)

-- Sends up to 4 MB; the number of chunks until SKIP, or nil when it never came.
function chunks_until_skip(conn)
  for count = 1, 64 do
    must(mt.bodystring(conn, CHUNK), "body")
    if mt.getreply(conn) == SMFIR_SKIP then return count end
    check(mt.getreply(conn) == SMFIR_CONTINUE, "the body to go on")
  end
  return nil
end

local conn = open_session()
check(mt.test_option(conn, SMFIP_SKIP), "SKIP to be negotiated")
envelope(conn, "MT4")
usual_headers(conn, "Draft of the report")
end_headers(conn)
local count = chunks_until_skip(conn)
check(count ~= nil and count >= 16 and count <= 20, "SKIP soon after 1 MiB, not after chunk " .. tostring(count))
must(mt.eom(conn), "eom")
check(delivered(conn), "a verdict")
check(added(conn, "X-Winnow"), "X-Winnow")
mt.disconnect(conn)

conn = connect()
must(mt.negotiate(conn, 6, PLAIN_ACTIONS, PLAIN_STEPS), "negotiate without anything optional")
introduce(conn, "198.51.100.25")
envelope(conn, "MT5")
usual_headers(conn, "Draft of the report")
end_headers(conn)
check(chunks_until_skip(conn) == nil, "no SKIP that was not offered")
must(mt.eom(conn), "eom")
check(delivered(conn), "a verdict")
mt.disconnect(conn)
