package web

// reportTexts are those of one report: where it stands, and what is done to it.
func reportTexts() catalogue {
	return catalogue{
		"report.title":          {"Báo cáo %s – %s", "Report: %s – %s"},
		"report.stages":         {"Các bước của báo cáo", "The way of the report"},
		"report.edited":         {"Lưu lần cuối", "Saved last"},
		"report.version":        {"Phiên bản", "Version"},
		"report.number":         {"Số, ký hiệu", "Number"},
		"report.dated":          {"Ngày ban hành", "Issued on"},
		"report.read":           {"Xem và tải báo cáo", "Read and download"},
		"report.read.now":       {"Báo cáo chưa chốt: số liệu là số liệu tại thời điểm xem, văn bản ghi “Dự thảo”.", "It is not frozen: the figures are those of now, and the document is marked as a draft."},
		"report.read.frozen":    {"Báo cáo đã chốt: nội dung và số liệu không thay đổi nữa.", "It is frozen: neither texts nor figures change."},
		"report.open":           {"Xem báo cáo", "Read the report"},
		"report.download":       {"Tải về", "Download"},
		"report.history":        {"Quá trình xử lý", "What became of it"},
		"report.history.step":   {"Thao tác", "Step"},
		"report.history.at":     {"Thời gian", "When"},
		"report.history.by":     {"Người thực hiện", "By"},
		"report.history.reason": {"Lý do", "Reason"},
		"report.versions":       {"Các phiên bản", "Versions"},
		"report.versions.state": {"Trạng thái", "State"},
		"report.versions.hash":  {"Mã kiểm tra (SHA-256)", "SHA-256"},
		"report.versions.open":  {"Xem phiên bản %d", "Read version %d"},
		"report.edit":           {"Sửa nội dung", "Edit"},
		"report.other":          {"Báo cáo tiếp theo chờ tiếp nhận: %s", "The next that waits to be received: %s"},
		"report.deeds":          {"Thao tác khác", "What else can be done"},
	}
}

// wayTexts name formats, steps and what became of a report.
func wayTexts() catalogue {
	return catalogue{
		"format.docx": {"Văn bản Word (DOCX)", "Word document (DOCX)"},
		"format.pdf":  {"Văn bản PDF", "PDF document"},
		"format.xlsx": {"Phụ lục số liệu Excel (XLSX)", "Workbook with every figure (XLSX)"},
		"format.html": {"Trang web (HTML)", "Web page (HTML)"},
		"format.csv":  {"Số liệu dạng bảng (CSV)", "Figures as a table (CSV)"},
		"format.json": {"Dữ liệu báo cáo (JSON)", "Data of the report (JSON)"},

		"stage.draft":        {"Lập", "Write"},
		"stage.completed":    {"Hoàn thiện", "Complete"},
		"stage.confirmed":    {"Xác nhận và gửi", "Confirm and send"},
		"stage.received":     {"Công an tiếp nhận", "Received by the police"},
		"stage.consolidated": {"Tổng hợp", "Consolidate"},
		"stage.issued":       {"Ban hành", "Issue"},
		"stage.done":         {"(đã xong)", "(done)"},

		"step.report-drafted":      {"Bắt đầu lập", "Begun"},
		"step.report-completed":    {"Hoàn thiện", "Completed"},
		"step.report-reopened":     {"Mở lại để sửa", "Reopened"},
		"step.report-confirmed":    {"Xác nhận và gửi", "Confirmed and sent"},
		"step.report-received":     {"Công an tiếp nhận", "Received by the police"},
		"step.report-returned":     {"Công an trả lại", "Returned by the police"},
		"step.report-consolidated": {"Tổng hợp", "Consolidated"},
		"step.report-issued":       {"Ban hành", "Issued"},

		"complete.done": {"Báo cáo đã hoàn thiện. Bước tiếp theo: xem lại và xác nhận để gửi.", "The report is complete. Next: look at it and confirm it."},
		"reopen.do":     {"Mở lại để sửa", "Reopen it"},
		"reopen.note":   {"Báo cáo trở về trạng thái đang lập để sửa nội dung, sau đó phải hoàn thiện lại.", "The report becomes a draft again, to be completed once more."},
		"reopen.done":   {"Đã mở lại báo cáo để sửa.", "The report can be edited again."},
	}
}

// deedTexts are those of what is done to a report.
func deedTexts() catalogue {
	return catalogue{
		"confirm.title":  {"Xác nhận báo cáo %s – %s", "Confirm the report: %s – %s"},
		"confirm.lead":   {"Hãy đọc báo cáo dưới đây, với số liệu tại thời điểm này. Phần xác nhận ở cuối trang.", "Read the report below, with the figures of now. You confirm it at the end of the page."},
		"confirm.jump":   {"Đến phần xác nhận", "To the end"},
		"confirm.what":   {"Xác nhận và gửi", "Confirm and send"},
		"confirm.means":  {"Khi xác nhận, đơn vị chịu trách nhiệm về số liệu và nội dung của báo cáo này; báo cáo được chốt, gửi Công an tỉnh, thành phố và đơn vị không tự sửa được nữa. Chỉ Công an mới trả lại được báo cáo để sửa.", "By confirming it, the department answers for the figures and the texts of this report. It is frozen and sent to the police, and the department cannot change it any more. Only the police can return it."},
		"confirm.do":     {"Xác nhận và gửi Công an", "Confirm and send"},
		"confirm.cancel": {"Chưa xác nhận, quay lại", "Not yet, go back"},
		"confirm.done":   {"Đã xác nhận và gửi báo cáo đến Công an.", "The report is confirmed and sent to the police."},
		"confirm.state":  {"Chỉ xác nhận được báo cáo đã hoàn thiện.", "Only a complete report can be confirmed."},
		"confirm.early":  {"Kỳ báo cáo đến hết ngày %s mới kết thúc; sau ngày đó mới xác nhận được.", "The period ends on %s; it can be confirmed after that day."},

		"receive.title":         {"Tiếp nhận hoặc trả lại", "Receive or return it"},
		"receive.note":          {"Tiếp nhận: báo cáo được đưa vào báo cáo của tỉnh, thành phố khi tổng hợp.", "What is received stands in the province's report when that is consolidated."},
		"receive.do":            {"Tiếp nhận báo cáo", "Receive the report"},
		"receive.done":          {"Đã tiếp nhận báo cáo.", "The report is received."},
		"return.title":          {"Trả lại cho đơn vị", "Return it to the department"},
		"return.reason":         {"Lý do trả lại", "Why it is returned"},
		"return.reason.hint":    {"Đơn vị đọc lý do này để biết cần sửa gì. Không ghi số định danh của công dân.", "The department reads this to know what to mend. Name no citizen."},
		"return.reason.missing": {"Lý do trả lại: hãy ghi rõ cần sửa gì.", "Say what is to be mended."},
		"return.do":             {"Trả lại báo cáo", "Return the report"},
		"return.done":           {"Đã trả lại báo cáo cho đơn vị.", "The report is returned to the department."},
	}
}

// provinceTexts are those of what is done to the province's.
func provinceTexts() catalogue {
	return catalogue{
		"consolidate.title":          {"Tổng hợp", "Consolidate"},
		"consolidate.again":          {"Tổng hợp lại", "Consolidate again"},
		"consolidate.note":           {"Chốt số liệu toàn tỉnh, thành phố và nội dung của các đơn vị đã tiếp nhận thành một phiên bản. Đơn vị chưa có báo cáo được ghi rõ trong báo cáo.", "Freezes the figures of the province and what the departments whose reports are received have to say, as a version. Those without are named in it."},
		"consolidate.counts":         {"%d báo cáo đã tiếp nhận, %d đã xác nhận chưa tiếp nhận, %d đơn vị chưa có báo cáo.", "%d reports are received, %d are confirmed and not received, %d departments have none."},
		"consolidate.confirmed":      {"Lấy cả %d báo cáo đã xác nhận nhưng chưa tiếp nhận", "Take also the %d that are confirmed and not received"},
		"consolidate.reason":         {"Lý do tổng hợp lại", "Why it is consolidated again"},
		"consolidate.reason.hint":    {"Báo cáo đã được tổng hợp trước đây; phiên bản cũ vẫn được giữ.", "It was consolidated before; the earlier version is kept."},
		"consolidate.reason.missing": {"Lý do tổng hợp lại: hãy nêu lý do.", "Say why it is consolidated again."},
		"consolidate.do":             {"Tổng hợp báo cáo", "Consolidate"},
		"consolidate.done":           {"Đã tổng hợp báo cáo của tỉnh, thành phố.", "The province's report is consolidated."},

		"issue.title":       {"Ban hành", "Issue"},
		"issue.note":        {"Ghi số, ký hiệu và ngày của văn bản đã ký. Sau đó báo cáo không thay đổi được nữa.", "Enter number and date of the signed document. It cannot be changed afterwards."},
		"issue.number":      {"Số, ký hiệu", "Number and symbol"},
		"issue.number.hint": {"Ví dụ: 05/BC-CATP", "As in 05/BC-CATP"},
		"issue.number.bad":  {"Số, ký hiệu không đúng dạng; hãy viết như 05/BC-CATP.", "The number is not one as in 05/BC-CATP."},
		"issue.date":        {"Ngày ban hành", "Date"},
		"issue.date.bad":    {"Ngày ban hành phải từ ngày tổng hợp (%s) đến hôm nay.", "The date has to lie between the day of consolidation (%s) and today."},
		"issue.do":          {"Ghi nhận ban hành", "Issue the report"},
		"issue.done":        {"Đã ghi nhận báo cáo được ban hành.", "The report is issued."},

		"paper.title":         {"Xem báo cáo %s – %s", "Reading: %s – %s"},
		"paper.title.version": {"Xem báo cáo %s – %s, phiên bản %d", "Reading: %s – %s, version %d"},
		"paper.back":          {"Về trang của báo cáo", "Back to the report"},
		"paper.print":         {"Khi in, trang giấy chỉ có văn bản dưới đây.", "Printed, the document stands alone."},
	}
}

// refusalTexts tell why something was refused, by the codes of filing.
func refusalTexts() catalogue {
	return catalogue{
		"refused.Stale":    {"Báo cáo đã thay đổi sau khi bạn mở trang, nên thao tác chưa được thực hiện. Hãy xem nội dung hiện nay rồi thực hiện lại.", "The report has changed since you opened the page, so nothing was done. Look at it as it is now, then repeat."},
		"refused.State":    {"Trạng thái của báo cáo đã khác nên không thực hiện được thao tác này. Hãy xem trạng thái hiện nay.", "The report is in another state, in which this cannot be done."},
		"refused.Figures":  {"Số liệu của kỳ đã khác với số liệu bạn vừa xem, nên báo cáo chưa được xác nhận. Dưới đây là số liệu mới; hãy xem lại rồi xác nhận.", "The figures are others than those that you were shown, so nothing was confirmed. Look at the new ones below, then confirm."},
		"refused.NotOver":  {"Kỳ báo cáo chưa kết thúc nên chưa chốt được số liệu.", "The period is not over, so its figures cannot be frozen."},
		"refused.Included": {"Báo cáo này đã có trong báo cáo của tỉnh, thành phố nên không trả lại được. Nếu báo cáo đó chưa ban hành: sửa nội dung báo cáo của tỉnh, thành phố (lưu nháp), trả lại báo cáo này, rồi tổng hợp lại sau.", "It stands in the province's report, so it cannot be returned. If that is not issued: edit the province's report as a draft, return this one, and consolidate again."},
		"refused.Number":   {"Số này đã được dùng cho một báo cáo khác trong năm.", "Another report of the year has this number."},
		"refused.Deed":     {"Thao tác chưa thực hiện được với thông tin đã nhập; hãy kiểm tra lại.", "This cannot be done with what was entered."},
		"refused.Statement": {"Nội dung nhập chưa hợp lệ: quá dài, có ký tự không đọc được, hoặc có dãy số giống số định danh của công dân.",
			"What was entered is too long, cannot be read, or holds what looks like a citizen's number."},
	}
}
