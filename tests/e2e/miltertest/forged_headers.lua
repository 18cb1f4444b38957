-- What the sender claims about the verdict is removed; other headers are left alone.

local conn = open_session()
envelope(conn, "MT3")
usual_headers(conn, "Draft of the report")
for _, header in ipairs({{"X-Spam-Flag", "YES"}, {"X-Winnow", "verdict=accept"}, {"X-Spam-Flag", "YES"},
                         {"X-Spam-Status", "No"}, {"X-Mailer", "none"}}) do
  must(mt.header(conn, header[1], header[2]), "header")
end
body_and_end(conn, HAM_TEXT)
check_not_junk(conn)
for _, name in ipairs({"X-Spam-Flag", "X-Winnow", "X-Spam-Status"}) do
  check(mt.eom_check(conn, MT_HDRDELETE, name), name .. " to be removed")
end
check(not mt.eom_check(conn, MT_HDRDELETE, "X-Mailer"), "X-Mailer to stay")
mt.disconnect(conn)
