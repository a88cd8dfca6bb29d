package web

// deskCatalogues are the texts of the pages of reports.
func deskCatalogues() []catalogue {
	return []catalogue{deskTexts(), periodTexts(), nextTexts(), boardTexts(), bundleTexts(), reportTexts(), wayTexts(), deedTexts(), provinceTexts(), refusalTexts(),
		statementTexts(), statementFieldTexts()}
}

// deskTexts are those of what is to be done, and of states and deadlines.
func deskTexts() catalogue {
	return catalogue{
		"home.tasks": {"Việc cần làm", "What is to be done"},

		"reports.menu":  {"Báo cáo", "Reports"},
		"reports.about": {"Lập, theo dõi, tải báo cáo 6 tháng và báo cáo năm", "Write, follow and download the six-month and annual reports"},
		"reports.title": {"Các kỳ báo cáo", "Reporting periods"},

		"reports.list": {"Kỳ đang diễn ra và các kỳ trước", "Periods that run, and earlier ones"},

		"crumbs":       {"Vị trí của trang", "Where this page is"},
		"task.ends":    {"Kỳ đang diễn ra, kết thúc ngày %s", "The period runs until %s"},
		"task.over":    {"Kỳ đã kết thúc", "The period is over"},
		"task.state":   {"Trạng thái", "State"},
		"task.counts":  {"Báo cáo của các đơn vị", "The departments' reports"},
		"task.due":     {"Hạn gửi", "Due"},
		"task.due.own": {"Hạn của báo cáo toàn tỉnh, thành phố", "Due for the province"},
	}
}

// periodTexts name periods, and open others.
func periodTexts() catalogue {
	return catalogue{
		"period.first":       {"6 tháng đầu năm %d", "First half of %d"},
		"period.second":      {"6 tháng cuối năm %d", "Second half of %d"},
		"period.year":        {"năm %d", "Year %d"},
		"period.days":        {"từ ngày %s đến ngày %s", "%s to %s"},
		"period.custom":      {"Báo cáo cho khoảng thời gian khác", "A report on other days"},
		"period.custom.note": {"Dùng khi cấp trên yêu cầu báo cáo đột xuất cho một khoảng thời gian không phải 6 tháng hoặc năm.", "For a report that is asked of other days than a half year or a year."},
		"period.from":        {"Từ ngày", "From"},
		"period.from.bad":    {"Từ ngày: hãy nhập một ngày có thật.", "From: enter a day that exists."},
		"period.from.future": {"Từ ngày: kỳ báo cáo chưa bắt đầu.", "From: the period has not begun."},
		"period.to":          {"Đến hết ngày", "To, this day included"},
		"period.to.bad":      {"Đến hết ngày: hãy nhập một ngày có thật.", "To: enter a day that exists."},
		"period.to.before":   {"Đến hết ngày: ngày cuối phải sau ngày đầu.", "To: the last day has to come after the first."},
		"period.to.long":     {"Đến hết ngày: một kỳ dài không quá ba năm.", "To: a period is three years long at most."},
		"period.open":        {"Mở kỳ này", "Open these days"},

		"state.none":         {"Chưa lập", "Not begun"},
		"state.draft":        {"Đang lập", "Being written"},
		"state.completed":    {"Đã hoàn thiện, chưa gửi", "Complete, not sent"},
		"state.confirmed":    {"Đã xác nhận, chờ tiếp nhận", "Confirmed, to be received"},
		"state.received":     {"Đã tiếp nhận", "Received"},
		"state.returned":     {"Bị trả lại", "Returned"},
		"state.consolidated": {"Đã tổng hợp", "Consolidated"},
		"state.issued":       {"Đã ban hành", "Issued"},

		"late.by":    {"Quá hạn %d ngày", "%d days late"},
		"late.done":  {"Gửi trễ %d ngày", "Sent %d days late"},
		"late.not":   {"Đúng hạn", "In time"},
		"late.today": {"Hôm nay là hạn cuối", "Due today"},
		"late.left":  {"Còn %d ngày", "%d days left"},
	}
}

// nextTexts tell what comes next.
func nextTexts() catalogue {
	return catalogue{
		"next.title":           {"Việc tiếp theo", "What comes next"},
		"next.none":            {"Báo cáo chưa được lập. Số liệu đã có sẵn; đơn vị chỉ cần viết phần nhận xét rồi xác nhận.", "Nobody has begun the report. The figures are there already; what is missing is what you have to say to them."},
		"next.none.do":         {"Lập báo cáo", "Write the report"},
		"next.none.early":      {"Chưa phải làm gì: kỳ báo cáo kết thúc ngày %s. Có thể viết trước phần nhận xét.", "Nothing has to be done yet: the period ends on %s. You may begin to write."},
		"next.none.early.do":   {"Viết trước", "Begin to write"},
		"next.draft":           {"Báo cáo đang lập dở. Viết xong thì chọn “Hoàn thiện”.", "The report is being written. Complete it when nothing is missing."},
		"next.draft.do":        {"Tiếp tục lập báo cáo", "Go on writing"},
		"next.completed":       {"Báo cáo đã hoàn thiện nhưng chưa gửi. Người có thẩm quyền xem lại số liệu rồi xác nhận để gửi Công an.", "The report is complete and not sent yet. Look at the figures and confirm it to send it to the police."},
		"next.completed.do":    {"Xem lại và xác nhận", "Look at it and confirm"},
		"next.completed.wait":  {"Báo cáo đã hoàn thiện. Từ ngày %s, khi số liệu của kỳ đã chốt, mới xác nhận và gửi được.", "The report is complete. It can be confirmed from %s on, when the figures are closed."},
		"next.confirmed":       {"Báo cáo đã gửi. Công an đang xem; đơn vị không phải làm gì thêm.", "The report is sent. The police look at it; you have nothing to do."},
		"next.received":        {"Công an đã tiếp nhận báo cáo. Kỳ này đã xong.", "The police have received the report. This period is done."},
		"next.returned":        {"Công an trả lại báo cáo. Hãy sửa theo lý do dưới đây, hoàn thiện rồi xác nhận lại.", "The police have returned the report. Mend it as they ask, complete and confirm it again."},
		"next.returned.do":     {"Sửa báo cáo", "Mend the report"},
		"next.returned.reason": {"Lý do trả lại: %s", "Why it was returned: %s"},

		"next.police.confirmed":    {"Đơn vị đã gửi báo cáo. Hãy xem nội dung ở cuối trang này rồi tiếp nhận hoặc trả lại.", "The department has sent the report. Read it below, then receive or return it."},
		"next.police.confirmed.do": {"Đến phần tiếp nhận, trả lại", "To receive or return it"},
		"next.police.received":     {"Báo cáo đã được tiếp nhận, sẽ có trong báo cáo tổng hợp.", "The report is received and will stand in the province's."},
		"next.police.returned":     {"Báo cáo đã trả lại, đang chờ đơn vị sửa và gửi lại.", "The report is returned; the department is to mend it and send it again."},
		"next.police.waits":        {"Đang chờ đơn vị hoàn thiện và gửi báo cáo.", "The department has still to complete and send it."},
		"next.runs":                {"Chưa phải làm gì: kỳ báo cáo kết thúc ngày %s.", "Nothing has to be done yet: the period ends on %s."},
		"next.receive":             {"%d báo cáo đã gửi đang chờ tiếp nhận.", "%d reports are sent and wait to be received."},
		"next.receive.do":          {"Xem các báo cáo chờ tiếp nhận", "See those that wait"},
		"next.waits":               {"%d đơn vị chưa gửi báo cáo. Có thể đôn đốc, hoặc tổng hợp khi không chờ thêm.", "%d departments have not sent theirs. Remind them, or consolidate without them."},
		"next.waits.do":            {"Xem các đơn vị chưa gửi", "See who has not"},
		"next.consolidate":         {"Tổng hợp các báo cáo đã tiếp nhận thành báo cáo của tỉnh, thành phố.", "Consolidate what was received into the province's report."},
		"next.consolidate.do":      {"Đến phần tổng hợp", "To consolidate"},
		"next.issue":               {"Báo cáo đã tổng hợp. Khi văn bản đã ký, ghi số và ngày ban hành.", "The report is consolidated. When it is signed, enter its number and date."},
		"next.issue.do":            {"Đến phần ban hành", "To issue it"},
		"next.issued":              {"Báo cáo của tỉnh, thành phố đã ban hành. Kỳ này đã xong.", "The province's report is issued. This period is done."},
		"next.issued.do":           {"Mở báo cáo đã ban hành", "Open the report"},
	}
}

// boardTexts are those of the board.
func boardTexts() catalogue {
	return catalogue{
		"board.title":      {"Báo cáo %s", "Reports: %s"},
		"board.due":        {"Hạn gửi của các đơn vị", "Due for departments"},
		"board.caption":    {"Báo cáo của các đơn vị", "The departments' reports"},
		"board.unit":       {"Đơn vị", "Department"},
		"board.state":      {"Trạng thái", "State"},
		"board.version":    {"Phiên bản", "Version"},
		"board.step":       {"Thao tác gần nhất", "Last step"},
		"board.late":       {"So với hạn", "Against it"},
		"board.sum":        {"Tổng số %d đơn vị, trong đó trễ hạn %d", "%d departments, %d of them late"},
		"board.empty":      {"Không có đơn vị nào ở trạng thái này.", "No department is in this state."},
		"board.unlisted":   {"không còn trong danh sách phải báo cáo", "no longer one of those that report"},
		"board.province":   {"Báo cáo của tỉnh, thành phố", "The province's report"},
		"board.filter":     {"Lọc theo trạng thái", "Show only"},
		"board.files":      {"Tải tất cả báo cáo", "Download all reports"},
		"board.bundles":    {"Số liệu từ hệ thống khác", "Figures of other systems"},
		"province.unit":    {"Toàn tỉnh, thành phố", "The province"},
		"province.open":    {"Mở báo cáo của tỉnh, thành phố", "Open the province's report"},
		"filter.all":       {"Tất cả", "All"},
		"filter.waits":     {"Chưa gửi", "Not sent"},
		"filter.late":      {"Trễ hạn", "Late"},
		"filter.none":      {"Chưa lập", "Not begun"},
		"filter.draft":     {"Đang lập", "Being written"},
		"filter.completed": {"Đã hoàn thiện", "Complete"},
		"filter.confirmed": {"Chờ tiếp nhận", "To be received"},
		"filter.returned":  {"Bị trả lại", "Returned"},
		"filter.received":  {"Đã tiếp nhận", "Received"},
		"zip.note":         {"Một tệp ZIP, mỗi đơn vị một thư mục, gồm các báo cáo đã lập và báo cáo của tỉnh, thành phố. Với nhiều đơn vị, việc tạo tệp có thể mất một vài phút.", "One ZIP with a folder for each department whose report was begun, and the province's. With many departments it takes some minutes."},
		"zip.formats":      {"Định dạng", "Formats"},
		"zip.do":           {"Tải tệp ZIP", "Download the ZIP"},
	}
}

// bundleTexts are those of the figures of other systems.
func bundleTexts() catalogue {
	return catalogue{
		"bundle.note":     {"Gói số liệu có chữ ký (.lgspd) do hệ thống lgspd khác của tỉnh, thành phố xuất ra bằng lệnh lgspd report export.", "A signed bundle (.lgspd) that another lgspd of the province made with lgspd report export."},
		"bundle.file":     {"Gói số liệu", "Bundle"},
		"bundle.do":       {"Nhập gói số liệu", "Take the bundle in"},
		"bundle.caption":  {"Các gói số liệu đã nhập", "Bundles that were taken in"},
		"bundle.node":     {"Hệ thống", "System"},
		"bundle.made":     {"Xuất lúc", "Made"},
		"bundle.imported": {"Nhập lúc", "Taken in"},
		"bundle.by":       {"Người nhập", "By"},
		"bundle.units":    {"Đơn vị", "Departments"},
		"bundle.bad":      {"Các gói số liệu đã nhập của kỳ này không dùng được nữa: hệ thống gửi không còn trong cấu hình, hoặc dữ liệu bị thay đổi. Hãy báo cán bộ quản trị.", "The bundles of this period can no longer be used: their system is not in the configuration any more, or they were changed. Tell the administrator."},

		"bundle.missing":   {"Chưa chọn tệp gói số liệu.", "Choose a bundle."},
		"bundle.form":      {"Tệp không phải là gói số liệu do lgspd xuất ra.", "This is not a bundle of lgspd."},
		"bundle.stranger":  {"Gói được ký bằng khóa không có trong cấu hình (report.nodes).", "It is signed with a key that the configuration does not list (report.nodes)."},
		"bundle.signature": {"Chữ ký không khớp: gói đã bị thay đổi sau khi ký.", "The signature does not fit: the bundle was changed after it was signed."},
		"bundle.older":     {"Đã có gói mới hơn của hệ thống này cho kỳ này.", "A later bundle of this system and period is here already."},
		"bundle.twice":     {"Gói chứa số liệu của chính hệ thống này, hoặc đã có dưới tên khác, nên sẽ bị tính hai lần.", "It holds figures that are here already, which would count twice."},
		"bundle.content":   {"Nội dung gói không hợp lệ với hệ thống gửi hoặc với kỳ; nhật ký của lgspd ghi rõ chỗ sai.", "What it says does not fit its system or period; the log of lgspd says where."},
		"bundle.known":     {"Gói của hệ thống %s cho %s đã được nhập trước đó; không có gì thay đổi.", "The bundle of %s for %s was here already; nothing has changed."},
		"bundle.taken":     {"Đã nhập gói của hệ thống %s cho %s; %d báo cáo đã xác nhận được đưa vào.", "The bundle of %s for %s was taken in; %d confirmed reports were filed."},
		"bundle.unfiled":   {"Báo cáo của %s trong gói chưa được đưa vào: %s", "The report of %s in the bundle was not filed: %s"},

		"mail.caption":         {"Thư nhắc báo cáo", "Mails that asked for reports"},
		"mail.occasion":        {"Lần nhắc", "When"},
		"mail.to":              {"Người nhận", "To"},
		"mail.state":           {"Kết quả", "State"},
		"mail.at":              {"Lúc", "At"},
		"mail.before":          {"Trước hạn %d ngày làm việc", "%d working days before it is due"},
		"mail.after":           {"Quá hạn %d ngày làm việc", "%d working days after it was due"},
		"mail.province.before": {"Báo cáo chung, trước hạn %d ngày làm việc", "The province's, %d working days before"},
		"mail.province.after":  {"Báo cáo chung, quá hạn %d ngày làm việc", "The province's, %d working days after"},
		"mail.sent":            {"Đã gửi", "Sent"},
		"mail.unsure":          {"Không rõ đã gửi hay chưa", "Nobody knows"},

		"zip.format.missing": {"Hãy chọn ít nhất một định dạng.", "Choose a format at least."},
	}
}
