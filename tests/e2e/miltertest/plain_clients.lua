-- An MTA that offers nothing optional, knows no address of its client and sends no macros gets a verdict too.

local conn = connect()
must(mt.negotiate(conn, 6, PLAIN_ACTIONS, PLAIN_STEPS), "negotiate without anything optional")
introduce(conn, "unspec")
must(mt.mailfrom(conn, "<>"), "mail of the null sender")
must(mt.rcptto(conn, "<tom@example.test>"), "rcpt")
usual_headers(conn, "Test of the filter")
body_and_end(conn, GTUBE .. "\r\n")
check(delivered(conn), "a message that may be delivered")
check(added(conn, "X-Spam-Flag", "YES"), "X-Spam-Flag: YES")
mt.disconnect(conn)

-- Connections that say nothing, or stop after HELO, hurt nobody.
mt.disconnect(connect(), false)
mt.disconnect(open_session(), false)
conn = open_session()
send_message(conn, "MT11", "Draft of the report", HAM_TEXT)
check_not_junk(conn)
mt.disconnect(conn)
