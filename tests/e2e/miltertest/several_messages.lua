-- Several messages on one connection are judged each by itself; a connection may end in any state.

local conn = open_session()
for round = 1, 5 do
  send_message(conn, "MTA" .. round, "Test of the filter", "See below.\r\n\r\n" .. GTUBE .. "\r\n")
  check_junk(conn)
  send_message(conn, "MTB" .. round, "Draft of the report", HAM_TEXT)
  check_not_junk(conn)
end
envelope(conn, "MT9")
must(mt.header(conn, "From", "anna@sender.example"), "header")
mt.disconnect(conn, false)

conn = open_session()
send_message(conn, "MT10", "Draft of the report", HAM_TEXT)
check_not_junk(conn)
mt.disconnect(conn)
