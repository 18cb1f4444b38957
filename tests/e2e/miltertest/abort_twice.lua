-- Postfix aborts twice between messages. Nothing of the aborted message may be left in the next.

local conn = open_session()
envelope(conn, "MT6")
usual_headers(conn, "To be aborted")
must(mt.header(conn, "X-Spam-Flag", "YES"), "header")
end_headers(conn)
must(mt.bodystring(conn, GTUBE .. "\r\n"), "body")
must(mt.abort(conn), "first abort")
must(mt.abort(conn), "second abort")

send_message(conn, "MT7", "Draft of the report", HAM_TEXT)
check_not_junk(conn)
check(not mt.eom_check(conn, MT_HDRDELETE), "nothing to remove from the second message")
must(mt.abort(conn), "abort after the end")
must(mt.abort(conn), "and again")

send_message(conn, "MT8", "Test of the filter", GTUBE .. "\r\n")
check_junk(conn)
mt.disconnect(conn)
