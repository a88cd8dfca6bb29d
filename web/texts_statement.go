package web

// statementTexts are those of the form by which a statement is written. Its
// problems have the codes of filing.Save.
func statementTexts() catalogue {
	return catalogue{
		"statement.title":      {"Nội dung báo cáo %s – %s", "What the report says: %s – %s"},
		"statement.lead":       {"Số liệu do hệ thống tự tính từ nhật ký; ở đây chỉ viết phần nhận xét. Không ghi họ tên, số định danh của công dân.", "The figures are counted from the record; here you write what they do not say. Name no citizen."},
		"statement.idle":       {"Hãy lưu nháp thường xuyên: phiên làm việc kết thúc sau %d phút không chuyển trang.", "Save often: a session ends %d minutes after the last page."},
		"statement.save":       {"Lưu nháp", "Save"},
		"statement.complete":   {"Lưu và hoàn thiện", "Save and complete"},
		"statement.saved":      {"Đã lưu nháp.", "Saved."},
		"statement.closed":     {"Báo cáo ở trạng thái này không sửa được. Nếu báo cáo đã hoàn thiện, hãy chọn “Mở lại để sửa”.", "In this state the report cannot be edited. Reopen it if it is complete."},
		"statement.incomplete": {"Nội dung đã được lưu nháp, nhưng chưa thể hoàn thiện vì còn mục chưa có nội dung.", "It is saved, and cannot be completed while something is missing."},
		"statement.stale": {"Trong khi bạn viết, %s đã lưu nội dung khác (%s), nên nội dung của bạn chưa được lưu. Dưới đây là những chỗ khác nhau và biểu mẫu với nội dung bạn đã nhập. Nếu lưu tiếp, nội dung của bạn thay cho nội dung đang lưu.",
			"While you were writing, %s saved something else (%s), so yours is not stored. Below is what differs, and the form with what you typed. If you save now, yours takes its place."},
		"statement.stored": {"Nội dung đang lưu", "What is stored now"},
		"statement.typed":  {"Nội dung bạn đã nhập", "What you typed"},
		"statement.busy":   {"Hệ thống đang bận nên nội dung chưa được lưu. Những gì đã nhập vẫn còn trong biểu mẫu; hãy lưu lại sau ít phút.", "The system is busy, so nothing was stored. What you typed is still in the form; save again in some minutes."},
		"statement.remove": {"Xóa hàng này khi lưu", "Strike this out when saving"},
		"statement.end":    {"Lưu hoặc hoàn thiện", "Save or complete"},
		"statement.end.note": {"Lưu nháp để viết tiếp sau. Hoàn thiện khi không còn gì phải bổ sung; sau đó báo cáo được xem lại và xác nhận để gửi.",
			"Save to go on later. Complete it when nothing is missing; then it is looked at and confirmed."},
	}
}

// statementFieldTexts name what a statement consists of.
func statementFieldTexts() catalogue {
	return catalogue{
		"statement.direction":    {"Công tác chỉ đạo, triển khai", "Direction and organisation"},
		"statement.assessment":   {"Đánh giá chung", "Assessment"},
		"statement.incidents":    {"Sự cố an toàn thông tin", "Security incidents"},
		"statement.difficulties": {"Khó khăn, vướng mắc", "Difficulties"},
		"statement.proposals":    {"Đề xuất, kiến nghị", "Proposals"},
		"statement.tasks":        {"Nhiệm vụ kỳ tới", "Tasks of the next period"},

		"statement.department.direction":    {"Văn bản đã ban hành, phân công, tập huấn của đơn vị. Không bắt buộc.", "Documents, duties, training. Optional."},
		"statement.department.assessment":   {"Nhận xét ngắn về kết quả kết nối, chia sẻ trong kỳ. Không bắt buộc.", "How it went, in short. Optional."},
		"statement.department.incidents":    {"Thời điểm, ảnh hưởng, cách khắc phục. Không bắt buộc.", "When, what it affected, how it was mended. Optional."},
		"statement.department.difficulties": {"Bắt buộc khi hoàn thiện; nếu không có, ghi “Không có.”", "Needed before it is complete; if there are none, write so."},
		"statement.department.proposals":    {"Bắt buộc khi hoàn thiện; nếu không có, ghi “Không có.”", "Needed before it is complete; if there are none, write so."},
		"statement.department.tasks":        {"Việc đơn vị sẽ làm trong kỳ tới. Không bắt buộc.", "What the department will do next. Optional."},
		"statement.province.direction":      {"Chỉ đạo, triển khai trên địa bàn tỉnh, thành phố. Không bắt buộc.", "In the whole province. Optional."},
		"statement.province.assessment":     {"Nhận xét chung trên địa bàn. Không bắt buộc.", "How it went in the whole province. Optional."},
		"statement.province.incidents":      {"Sự cố trên địa bàn; sự cố của đơn vị do đơn vị nêu. Không bắt buộc.", "Those of the province; departments tell of their own. Optional."},
		"statement.province.difficulties":   {"Khó khăn chung; phần của từng đơn vị được đưa vào khi tổng hợp.", "Those of all; what departments say is added."},
		"statement.province.proposals":      {"Kiến nghị của Công an tỉnh, thành phố; phần của từng đơn vị được đưa vào khi tổng hợp.", "Those of the police; what departments say is added."},
		"statement.province.tasks":          {"Nhiệm vụ chung kỳ tới. Không bắt buộc.", "Of the whole province. Optional."},

		"statement.checks":               {"Các lần kiểm tra an toàn thông tin", "Checks of security"},
		"statement.checks.hint":          {"Mỗi lần kiểm tra một hàng. Để trống nếu không có.", "A row for each. Leave it empty if there was none."},
		"statement.checks.more":          {"Lưu nháp và thêm dòng kiểm tra", "Save and add rows for checks"},
		"statement.checks.row":           {"Lần kiểm tra %d", "Check %d"},
		"statement.checks.on":            {"Ngày", "Day"},
		"statement.checks.by":            {"Đơn vị kiểm tra", "Checked by"},
		"statement.checks.subject":       {"Nội dung kiểm tra", "What was checked"},
		"statement.checks.result":        {"Kết quả", "Result"},
		"statement.checks.document":      {"Văn bản", "Document"},
		"statement.corrections":          {"Số liệu cần điều chỉnh", "Figures that are to be corrected"},
		"statement.corrections.hint":     {"Khi số liệu hệ thống tính khác thực tế. Báo cáo ghi cả hai số và lý do. Để trống nếu không có.", "Where a counted figure is not right. The report has both, with the reason. Leave it empty if there is none."},
		"statement.corrections.more":     {"Lưu nháp và thêm dòng điều chỉnh", "Save and add rows for corrections"},
		"statement.corrections.row":      {"Số liệu điều chỉnh %d", "Correction %d"},
		"statement.corrections.item":     {"Tên số liệu", "Which figure"},
		"statement.corrections.recorded": {"Số hệ thống tính", "As counted"},
		"statement.corrections.right":    {"Số đúng", "As it should be"},
		"statement.corrections.reason":   {"Lý do", "Reason"},

		"statement.bad":             {"%s: %s", "%s: %s"},
		"statement.bad.missing":     {"chưa có nội dung.", "is missing."},
		"statement.bad.length":      {"quá dài, tối đa %d ký tự.", "is too long, %d characters at most."},
		"statement.bad.rows":        {"quá nhiều hàng, tối đa %d.", "there are too many rows, %d at most."},
		"statement.bad.pattern":     {"có ký tự không đọc được, hoặc xuống dòng ở chỗ chỉ viết một dòng.", "has characters that cannot be read, or several lines where there is one."},
		"statement.bad.date":        {"phải là một ngày có thật, từ %s đến %s.", "has to be a day from %s to %s."},
		"statement.bad.personal-id": {"có dãy 9 hoặc 12 chữ số giống số định danh hay số CMND của công dân. Với số lượng, viết dấu chấm giữa các hàng nghìn.", "has 9 or 12 digits in a row, like a citizen's number. Write points between thousands."},
	}
}
