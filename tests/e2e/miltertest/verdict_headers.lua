-- Junk gets the headers that Sieve and people look for; ham gets none of them.

local conn = open_session()
send_message(conn, "MT1", "Test of the filter", "See below.\r\n\r\n" .. GTUBE .. "\r\n")
check_junk(conn)
for _, name in ipairs({"X-Spam", "X-Spam-Score", "X-Spam-Level"}) do
  check(added(conn, name), name)
end
check(not mt.eom_check(conn, MT_BODYCHANGE), "an unchanged body")
mt.disconnect(conn)

conn = open_session()
send_message(conn, "MT2", "Draft of the report", HAM_TEXT)
check_not_junk(conn)
mt.disconnect(conn)
