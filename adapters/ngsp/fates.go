package ngsp

import lgsp "lgsp.internal/adapter"

// A fate is one row of the table that says what becomes of a message. on names
// the happening by its group and what is matched in it; within the group "text"
// the first row that matches wins. In a sentence, {name} is the upstream's
// name, {http} the status and {code} the upstream's own code, where it has one
// that is fit to show.
type fate struct {
	on   string
	kind lgsp.Kind
	done bool // the message has taken effect; kind does not count
	at   party
	code string
	text string
}

// party is whom to ask for a remedy.
type party uint8

const (
	us party = iota
	network
	upstream
	message
)

var partyNames = [...]string{"us", "the network", "the other side", "the message"}

func (p party) String() string { return partyNames[p] }

const (
	again = " Hệ thống sẽ tự gửi lại."

	wordDelivered = "delivered"

	saysMoved   = "Hệ thống {name} trả lời chuyển hướng (HTTP {http}) nên chưa nhận hồ sơ; có thể địa chỉ đã đổi hoặc yêu cầu bị đưa tới trang đăng nhập. Hãy kiểm tra url của kết nối này." + again
	saysOdd     = "Hệ thống {name} trả lời HTTP {http}, là mã không có nghĩa với dịch vụ này. Hãy báo đơn vị vận hành." + again
	saysPath    = "Hệ thống {name} không có dịch vụ ở địa chỉ đã cấu hình (HTTP {http}). Hãy kiểm tra url và path của thao tác, hoặc hỏi đơn vị vận hành dịch vụ có còn được công bố không." + again
	saysHow     = "Hệ thống {name} không chấp nhận cách gọi của đơn vị (HTTP {http}). Hãy kiểm tra form, soap_version, content_type và headers của kết nối này." + again
	saysAccount = "Hệ thống {name} từ chối tài khoản kết nối (HTTP {http}). Hãy kiểm tra khóa, mật khẩu và hạn của tài khoản." + again
	saysDown    = "Hệ thống {name} đang lỗi hoặc tạm ngừng (HTTP {http}). Nếu kéo dài, hãy báo đơn vị vận hành." + again
	saysMaybe   = "Hệ thống {name} trả lời HTTP {http} mà không xác nhận đã nhận hồ sơ." + again
	saysBusy    = "Hệ thống {name} báo vượt quá số lượt gọi cho phép{code}. Hãy giảm rate của kết nối này nếu còn lặp lại." + again
	saysKey     = "Hệ thống {name} không chấp nhận token hoặc tài khoản{code}. Hãy kiểm tra khối token và hạn của tài khoản." + again
	saysRight   = "Tài khoản kết nối chưa được cấp quyền gọi dịch vụ này của {name}{code}. Hãy đề nghị đơn vị vận hành cấp quyền." + again
	saysInside  = "Hệ thống {name} báo lỗi bên trong{code}. Nếu kéo dài, hãy báo đơn vị vận hành." + again
	saysXOurs   = "Máy chủ bảo mật X-Road từ chối cách gọi của đơn vị{code}. Hãy kiểm tra khối xroad của kết nối này." + again
	saysXTheirs = "Máy chủ bảo mật X-Road chưa chuyển được hồ sơ tới {name}{code}. Nếu kéo dài, hãy báo đơn vị vận hành X-Road." + again
	saysRight2  = "X-Road chưa cho phép đơn vị gọi dịch vụ này của {name}{code}. Hãy đề nghị bên cung cấp cấp quyền." + again
	saysCatalog = "Hệ thống {name} không nhận vì một mã không có trong danh mục{code}. Hãy đối chiếu danh mục hiện hành, sửa dữ liệu rồi gửi lại."
	saysLength  = "Hệ thống {name} không nhận vì một trường dài quá mức cho phép{code}. Hãy sửa dữ liệu rồi gửi lại."
	saysFormat  = "Hệ thống {name} không nhận vì một trường không đúng định dạng{code}. Hãy sửa dữ liệu rồi gửi lại."
	saysMissing = "Hệ thống {name} không nhận vì thiếu một trường bắt buộc{code}. Hãy bổ sung dữ liệu rồi gửi lại."
	saysNobody  = "Hệ thống {name} không có dữ liệu của người được hỏi{code}. Hãy kiểm tra họ tên, số định danh và ngày sinh."
	saysBefore  = "Hệ thống {name} đã nhận hồ sơ này ở một lần gửi trước mà câu trả lời bị mất."
	saysTaken   = "Hệ thống {name} đã nhận hồ sơ."
	saysRefused = "Hệ thống {name} từ chối hồ sơ{code}. Hãy xem hồ sơ và hỏi đơn vị vận hành lý do trước khi gửi lại."
)

// fates is the whole table. README.md shows it; a test keeps the two equal.
var fates = [...]fate{
	{"json confirmed", 0, true, upstream, "Confirmed", saysTaken},
	{"soap confirmed", 0, true, upstream, "Confirmed", saysTaken},

	{"config route", lgsp.Unavailable, false, us, "NoOperation", "Kết nối {name} chưa có thao tác mà hồ sơ cần. Hãy thêm thao tác đó vào operations trong cấu hình." + again},
	{"config empty", lgsp.Invalid, false, us, "EmptyDocument", "Hồ sơ sau chuyển đổi không có nội dung. Hãy kiểm tra tệp ánh xạ rồi gửi lại."},
	{"config rate", lgsp.Throttled, false, us, "OwnRate", "Kết nối {name} đã dùng hết số lượt gửi tự đặt ra. Hãy tăng rate nếu bên nhận cho phép." + again},
	{"config stopped", lgsp.Unknown, false, us, "Stopped", "Lần gửi tới {name} bị dừng giữa chừng vì chương trình đang tắt." + again},

	{"net dns", lgsp.Unavailable, false, network, "NameNotFound", "Không tìm được địa chỉ của máy chủ {name} qua DNS. Hãy kiểm tra tên máy trong url và máy chủ DNS." + again},
	{"net refused", lgsp.Unavailable, false, network, "ConnectionRefused", "Máy chủ {name} từ chối kết nối. Hãy kiểm tra cổng trong url, tường lửa và dịch vụ ở bên nhận." + again},
	{"net unreachable", lgsp.Unavailable, false, network, "Unreachable", "Không có đường truyền tới máy chủ {name}. Hãy kiểm tra mạng, đường truyền số liệu chuyên dùng và tường lửa." + again},
	{"net connect-timeout", lgsp.Unavailable, false, network, "ConnectTimeout", "Máy chủ {name} không trả lời khi kết nối. Hãy kiểm tra đường truyền và tường lửa." + again},
	{"net tls-untrusted", lgsp.Unavailable, false, us, "CertificateUntrusted", "Chứng thư của máy chủ {name} không do tổ chức được tin cậy cấp. Hãy kiểm tra tls.ca và hỏi bên nhận về chứng thư mới." + again},
	{"net tls-expired", lgsp.Unavailable, false, upstream, "CertificateExpired", "Chứng thư của máy chủ {name} đã hết hạn hoặc chưa có hiệu lực. Hãy kiểm tra đồng hồ máy này và báo bên nhận." + again},
	{"net tls-name", lgsp.Unavailable, false, us, "CertificateName", "Chứng thư của máy chủ {name} mang tên máy khác. Hãy kiểm tra tên máy trong url." + again},
	{"net tls-plain", lgsp.Unavailable, false, us, "NotTLS", "Cổng của {name} không dùng TLS. Hãy kiểm tra cổng trong url." + again},
	{"net tls-own", lgsp.Denied, false, us, "OwnCertificate", "Không đọc được chứng thư máy khách của đơn vị. Hãy kiểm tra tls.cert và tls.key." + again},
	{"net tls-client", lgsp.Denied, false, us, "ClientCertificateRefused", "Máy chủ {name} không chấp nhận chứng thư máy khách của đơn vị. Hãy kiểm tra tls.cert, hạn của nó và đăng ký với bên nhận." + again},
	{"net tls", lgsp.Unavailable, false, network, "TLSFailed", "Không thiết lập được kênh TLS với {name}. Hãy kiểm tra phiên bản TLS của bên nhận và thiết bị chặn ở giữa." + again},
	{"net connect", lgsp.Unavailable, false, network, "ConnectFailed", "Không kết nối được tới máy chủ {name}. Hãy kiểm tra đường truyền." + again},
	{"net answer-timeout", lgsp.Unavailable, false, upstream, "AnswerTimeout", "Máy chủ {name} không trả lời kịp trong thời gian chờ; hồ sơ có thể đã tới nơi. Nếu kéo dài, hãy báo đơn vị vận hành hoặc tăng timeout." + again},
	{"net answer-lost", lgsp.Unavailable, false, network, "AnswerLost", "Kết nối tới {name} đứt trước khi nhận đủ câu trả lời." + again},
	{"net answer-broken", lgsp.Unavailable, false, upstream, "AnswerBroken", "Máy chủ ở địa chỉ của {name} không dùng đúng giao thức HTTP. Hãy kiểm tra url và thiết bị ở giữa." + again},

	{"http 100", lgsp.Unknown, false, upstream, "OddStatus", saysOdd},
	{"http 101", lgsp.Unknown, false, upstream, "OddStatus", saysOdd},
	{"http 102", lgsp.Unknown, false, upstream, "OddStatus", saysOdd},
	{"http 103", lgsp.Unknown, false, upstream, "OddStatus", saysOdd},
	{"http 1xx", lgsp.Unknown, false, upstream, "OddStatus", saysOdd},
	{"http 200", lgsp.Unknown, false, upstream, "AnswerEmpty", saysMaybe},
	{"http 201", lgsp.Unknown, false, upstream, "AnswerEmpty", saysMaybe},
	{"http 202", lgsp.Unknown, false, upstream, "AnswerEmpty", saysMaybe},
	{"http 203", lgsp.Unknown, false, upstream, "AnswerEmpty", saysMaybe},
	{"http 204", lgsp.Unknown, false, upstream, "AnswerEmpty", saysMaybe},
	{"http 205", lgsp.Unknown, false, upstream, "AnswerEmpty", saysMaybe},
	{"http 206", lgsp.Unknown, false, upstream, "AnswerPartial", saysMaybe},
	{"http 207", lgsp.Unknown, false, upstream, "OddStatus", saysMaybe},
	{"http 208", lgsp.Unknown, false, upstream, "OddStatus", saysMaybe},
	{"http 226", lgsp.Unknown, false, upstream, "OddStatus", saysMaybe},
	{"http 2xx", lgsp.Unknown, false, upstream, "OddStatus", saysMaybe},
	{"http 300", lgsp.Unavailable, false, us, "Redirected", saysMoved},
	{"http 301", lgsp.Unavailable, false, us, "Redirected", saysMoved},
	{"http 302", lgsp.Unavailable, false, us, "Redirected", saysMoved},
	{"http 303", lgsp.Unavailable, false, us, "Redirected", saysMoved},
	{"http 304", lgsp.Unavailable, false, us, "Redirected", saysMoved},
	{"http 305", lgsp.Unavailable, false, us, "Redirected", saysMoved},
	{"http 307", lgsp.Unavailable, false, us, "Redirected", saysMoved},
	{"http 308", lgsp.Unavailable, false, us, "Redirected", saysMoved},
	{"http 3xx", lgsp.Unavailable, false, us, "Redirected", saysMoved},
	{"http 400", lgsp.Invalid, false, message, "BadRequest", "Hệ thống {name} không hiểu hồ sơ (HTTP {http}). Hãy kiểm tra hồ sơ và tệp ánh xạ rồi gửi lại."},
	{"http 401", lgsp.Denied, false, us, "Denied", saysAccount},
	{"http 402", lgsp.Denied, false, us, "PaymentRequired", saysAccount},
	{"http 403", lgsp.Denied, false, us, "AccessForbidden", "Tài khoản kết nối không được phép gọi dịch vụ này của {name} (HTTP {http}). Hãy đề nghị đơn vị vận hành cấp quyền và kiểm tra danh sách địa chỉ IP được phép." + again},
	{"http 404", lgsp.Unavailable, false, us, "AddressNotFound", saysPath},
	{"http 405", lgsp.Unavailable, false, us, "MethodNotAllowed", saysPath},
	{"http 406", lgsp.Unavailable, false, us, "NotAcceptable", saysHow},
	{"http 407", lgsp.Denied, false, network, "ProxyDenied", "Máy chủ proxy trên đường tới {name} đòi xác thực (HTTP {http}). Hãy mở đường đi thẳng hoặc sửa proxy." + again},
	{"http 408", lgsp.Unavailable, false, network, "RequestTimeout", "Hệ thống {name} không nhận đủ yêu cầu trong thời gian chờ (HTTP {http}). Hãy kiểm tra đường truyền nếu còn lặp lại." + again},
	{"http 409", lgsp.Unknown, false, upstream, "InProgress", "Hệ thống {name} báo yêu cầu cùng mã đang được xử lý hoặc có xung đột (HTTP {http}), chưa rõ kết quả." + again},
	{"http 410", lgsp.Unavailable, false, us, "AddressGone", saysPath},
	{"http 411", lgsp.Unavailable, false, us, "LengthRequired", saysHow},
	{"http 412", lgsp.Unavailable, false, us, "PreconditionFailed", saysHow},
	{"http 413", lgsp.Invalid, false, message, "TooLarge", "Hồ sơ lớn hơn mức hệ thống {name} nhận (HTTP {http}). Hãy giảm tệp đính kèm rồi gửi lại, hoặc đề nghị bên nhận nâng mức."},
	{"http 414", lgsp.Unavailable, false, us, "AddressTooLong", saysPath},
	{"http 415", lgsp.Unavailable, false, us, "ContentType", saysHow},
	{"http 416", lgsp.Unavailable, false, us, "OddStatus", saysHow},
	{"http 417", lgsp.Unavailable, false, us, "OddStatus", saysHow},
	{"http 418", lgsp.Unknown, false, upstream, "OddStatus", saysOdd},
	{"http 421", lgsp.Unavailable, false, us, "Misdirected", saysPath},
	{"http 422", lgsp.Invalid, false, message, "Unprocessable", "Hệ thống {name} hiểu yêu cầu nhưng dữ liệu trong hồ sơ không hợp lệ (HTTP {http}). Hãy sửa dữ liệu ở hệ thống nguồn rồi gửi lại."},
	{"http 423", lgsp.Unavailable, false, upstream, "Locked", saysDown},
	{"http 424", lgsp.Unavailable, false, upstream, "FailedDependency", saysDown},
	{"http 425", lgsp.Unavailable, false, upstream, "TooEarly", saysDown},
	{"http 426", lgsp.Unavailable, false, us, "UpgradeRequired", saysHow},
	{"http 428", lgsp.Unavailable, false, us, "PreconditionRequired", saysHow},
	{"http 429", lgsp.Throttled, false, upstream, "TooMany", "Hệ thống {name} báo đơn vị gọi quá nhiều (HTTP {http}). Hãy giảm rate của kết nối này nếu còn lặp lại." + again},
	{"http 431", lgsp.Unavailable, false, us, "HeadersTooLarge", saysHow},
	{"http 451", lgsp.Denied, false, upstream, "LegalReasons", "Hệ thống {name} từ chối phục vụ vì lý do pháp lý (HTTP {http}). Hãy liên hệ đơn vị vận hành." + again},
	{"http 4xx", lgsp.Unknown, false, us, "OddStatus", saysOdd},
	{"http 500", lgsp.Unavailable, false, upstream, "ServerError", saysDown},
	{"http 501", lgsp.Unavailable, false, us, "NotImplemented", saysPath},
	{"http 502", lgsp.Unavailable, false, upstream, "BadGateway", saysDown},
	{"http 503", lgsp.Unavailable, false, upstream, "ServiceUnavailable", saysDown},
	{"http 504", lgsp.Unavailable, false, upstream, "GatewayTimeout", saysDown},
	{"http 505", lgsp.Unavailable, false, us, "HTTPVersion", saysHow},
	{"http 506", lgsp.Unavailable, false, upstream, "ServerError", saysDown},
	{"http 507", lgsp.Unavailable, false, upstream, "StorageFull", saysDown},
	{"http 508", lgsp.Unavailable, false, upstream, "ServerError", saysDown},
	{"http 510", lgsp.Unavailable, false, upstream, "ServerError", saysDown},
	{"http 511", lgsp.Unavailable, false, network, "CaptivePortal", "Mạng đòi đăng nhập trước khi cho đi tới {name} (HTTP {http}). Hãy kiểm tra thiết bị ở cửa mạng." + again},
	{"http 5xx", lgsp.Unavailable, false, upstream, "ServerError", saysDown},
	{"http *", lgsp.Unknown, false, upstream, "OddStatus", saysOdd},

	{"token 400", lgsp.Unavailable, false, us, "TokenRequestRefused", "Máy cấp token của {name} không hiểu yêu cầu (HTTP {http}). Hãy kiểm tra khối token." + again},
	{"token 401", lgsp.Denied, false, us, "TokenDenied", "Máy cấp token của {name} không nhận khóa kết nối (HTTP {http}). Hãy kiểm tra consumer_key, consumer_secret và khối lgsp_access_token." + again},
	{"token 403", lgsp.Denied, false, us, "TokenDenied", "Tài khoản kết nối không được cấp token của {name} (HTTP {http}). Hãy đề nghị đơn vị vận hành mở lại tài khoản." + again},
	{"token 429", lgsp.Throttled, false, upstream, "TokenThrottled", "Máy cấp token của {name} báo quá nhiều yêu cầu." + again},
	{"token denied", lgsp.Denied, false, us, "TokenDenied", "Máy cấp token của {name} không nhận tài khoản kết nối{code}. Hãy kiểm tra consumer_key, consumer_secret và quyền của tài khoản." + again},
	{"token 3xx", lgsp.Unavailable, false, us, "TokenMoved", "Máy cấp token của {name} trả lời chuyển hướng (HTTP {http}). Hãy kiểm tra token.path." + again},
	{"token 4xx", lgsp.Unavailable, false, us, "TokenAddress", "Máy cấp token của {name} không phục vụ ở địa chỉ đã cấu hình (HTTP {http}). Hãy kiểm tra token.path." + again},
	{"token 5xx", lgsp.Unavailable, false, upstream, "TokenServerDown", "Máy cấp token của {name} đang lỗi (HTTP {http}). Nếu kéo dài, hãy báo đơn vị vận hành." + again},
	{"token certificate", lgsp.Denied, false, us, "TokenDenied", "Máy cấp token của {name} không chấp nhận chứng thư máy khách của đơn vị. Hãy kiểm tra tls.cert, hạn của nó và đăng ký với bên nhận." + again},
	{"token lost", lgsp.Unavailable, false, upstream, "TokenUnanswered", "Máy cấp token của {name} không trả lời trọn vẹn. Nếu kéo dài, hãy báo đơn vị vận hành." + again},
	{"token unreadable", lgsp.Unavailable, false, upstream, "TokenUnreadable", "Máy cấp token của {name} trả lời không đọc được. Hãy kiểm tra token.path và báo đơn vị vận hành." + again},

	{"answer html", lgsp.Unavailable, false, upstream, "AnswerHTML", "Địa chỉ của {name} trả về một trang web thay cho câu trả lời; có thể là trang đăng nhập, trang bảo trì hoặc tường lửa. Hãy kiểm tra url và báo đơn vị vận hành." + again},
	{"answer html-400", lgsp.Unavailable, false, us, "WebServerRefused", "Máy chủ web đứng trước {name} từ chối yêu cầu (HTTP {http}), thường do thiếu chứng thư máy khách hoặc sai cổng. Hãy kiểm tra url và tls." + again},
	{"answer unreadable", lgsp.Unknown, false, upstream, "AnswerUnreadable", "Câu trả lời của {name} bị cắt hoặc sai cấu trúc nên không biết hồ sơ đã được nhận chưa." + again},
	{"answer too-large", lgsp.Unknown, false, upstream, "AnswerTooLarge", "Câu trả lời của {name} dài hơn mức cho phép. Nếu điều đó là đúng, hãy tăng max_answer." + again},
	{"answer unexpected", lgsp.Unknown, false, upstream, "AnswerUnexpected", "Câu trả lời của {name} không có dạng đã biết{code} nên không biết hồ sơ đã được nhận chưa. Hãy kiểm tra form và path của thao tác." + again},
	{"answer contradictory", lgsp.Unknown, false, upstream, "AnswerContradictory", "Câu trả lời của {name} vừa báo thành công vừa báo lỗi{code}. Hãy báo đơn vị vận hành." + again},
	{"answer no-record", lgsp.NotFound, false, message, "NoRecord", saysNobody},

	{"fault Client", lgsp.Refused, false, message, "ClientFault", saysRefused},
	{"fault Sender", lgsp.Refused, false, message, "ClientFault", saysRefused},
	{"fault Server", lgsp.Unavailable, false, upstream, "ServerFault", saysInside},
	{"fault Receiver", lgsp.Unavailable, false, upstream, "ServerFault", saysInside},
	{"fault VersionMismatch", lgsp.Unavailable, false, us, "SOAPVersion", "Hệ thống {name} không nhận phiên bản SOAP mà kết nối này dùng. Hãy đổi soap_version của kết nối này." + again},
	{"fault MustUnderstand", lgsp.Unavailable, false, us, "SOAPHeader", "Hệ thống {name} không hiểu một tiêu đề SOAP bắt buộc. Hãy kiểm tra cấu hình kết nối." + again},
	{"fault DataEncodingUnknown", lgsp.Unavailable, false, us, "SOAPEncoding", "Hệ thống {name} không nhận cách mã hóa của thông điệp SOAP. Hãy kiểm tra content_type." + again},
	{"fault FailedAuthentication", lgsp.Denied, false, us, "FaultDenied", saysKey},
	{"fault InvalidSecurity", lgsp.Denied, false, us, "FaultDenied", saysKey},
	{"fault InvalidSecurityToken", lgsp.Denied, false, us, "FaultDenied", saysKey},
	{"fault *", lgsp.Unknown, false, upstream, "OtherFault", "Hệ thống {name} trả lời SOAP Fault loại chưa biết{code}. Hãy báo đơn vị vận hành." + again},

	{"x-road AccessDenied", lgsp.Denied, false, us, "XRoadDenied", saysRight2},
	{"x-road SslAuthenticationFailed", lgsp.Denied, false, us, "XRoadDenied", saysXOurs},
	{"x-road UnknownMember", lgsp.Unavailable, false, us, "XRoadAddress", saysXOurs},
	{"x-road UnknownService", lgsp.Unavailable, false, us, "XRoadAddress", saysXOurs},
	{"x-road InvalidClientIdentifier", lgsp.Unavailable, false, us, "XRoadAddress", saysXOurs},
	{"x-road ServiceDisabled", lgsp.Unavailable, false, upstream, "XRoadServiceDisabled", saysXTheirs},
	{"x-road NetworkError", lgsp.Unavailable, false, network, "XRoadNetwork", saysXTheirs},
	{"x-road OutdatedGlobalConf", lgsp.Unavailable, false, us, "XRoadOutdated", saysXTheirs},
	{"x-road ServiceFailed", lgsp.Unavailable, false, upstream, "XRoadServiceFailed", saysXTheirs},
	{"x-road Server.ClientProxy", lgsp.Unavailable, false, us, "XRoadOurServer", saysXTheirs},
	{"x-road Server.ServerProxy", lgsp.Unavailable, false, upstream, "XRoadTheirServer", saysXTheirs},
	{"x-road Server", lgsp.Unavailable, false, upstream, "XRoadServer", saysXTheirs},
	{"x-road Client", lgsp.Unavailable, false, us, "XRoadRequest", saysXOurs},

	{"code 401", lgsp.Denied, false, us, "BusinessDenied", saysKey},
	{"code 403", lgsp.Denied, false, us, "BusinessForbidden", saysRight},
	{"code 429", lgsp.Throttled, false, upstream, "BusinessThrottled", saysBusy},
	{"code 500", lgsp.Unavailable, false, upstream, "BusinessDown", saysInside},
	{"code 503", lgsp.Unavailable, false, upstream, "BusinessDown", saysInside},
	{"code duplicate_request", 0, true, upstream, "DeliveredBefore", saysBefore},
	{"code trung_ma_yeu_cau", 0, true, upstream, "DeliveredBefore", saysBefore},
	{"code duplicate", lgsp.Conflict, false, message, "Duplicate", "Hệ thống {name} báo trùng nhưng không nêu là trùng mã yêu cầu. Hãy kiểm tra hồ sơ đã có ở bên nhận chưa trước khi gửi lại."},

	{"gateway 700700", lgsp.Unavailable, false, upstream, "APIBlocked", saysInside},
	{"gateway 9008xx", lgsp.Throttled, false, upstream, "GatewayThrottled", saysBusy},
	{"gateway 900901", lgsp.Denied, false, us, "GatewayDenied", saysKey},
	{"gateway 900902", lgsp.Denied, false, us, "GatewayDenied", saysKey},
	{"gateway 900903", lgsp.Denied, false, us, "GatewayDenied", saysKey},
	{"gateway 900904", lgsp.Denied, false, us, "GatewayDenied", saysKey},
	{"gateway 900905", lgsp.Denied, false, us, "GatewayDenied", saysKey},
	{"gateway 900906", lgsp.Unavailable, false, us, "GatewayAddress", saysPath},
	{"gateway 900907", lgsp.Unavailable, false, upstream, "APIBlocked", saysInside},
	{"gateway 900908", lgsp.Denied, false, us, "GatewayForbidden", saysRight},
	{"gateway 900909", lgsp.Denied, false, us, "GatewayForbidden", saysRight},
	{"gateway 900910", lgsp.Denied, false, us, "GatewayForbidden", saysRight},
	{"gateway 9009xx", lgsp.Denied, false, us, "GatewayDenied", saysKey},
	{"gateway 1015xx", lgsp.Unavailable, false, upstream, "GatewayBackendDown", saysInside},
	{"gateway 303xxx", lgsp.Unavailable, false, upstream, "GatewayBackendDown", saysInside},

	{"text khong co quyen truy cap", lgsp.Denied, false, us, "BusinessForbidden", saysRight},
	{"text chua duoc cap quyen", lgsp.Denied, false, us, "BusinessForbidden", saysRight},
	{"text sai thong tin xac thuc", lgsp.Denied, false, us, "BusinessDenied", saysKey},
	{"text tai khoan khong ton tai", lgsp.Denied, false, us, "BusinessDenied", saysKey},
	{"text tai khoan khong hop le", lgsp.Denied, false, us, "BusinessDenied", saysKey},
	{"text tai khoan da bi khoa", lgsp.Denied, false, us, "BusinessDenied", saysKey},
	{"text token khong hop le", lgsp.Denied, false, us, "BusinessDenied", saysKey},
	{"text token het han", lgsp.Denied, false, us, "BusinessDenied", saysKey},
	{"text token da het han", lgsp.Denied, false, us, "BusinessDenied", saysKey},
	{"text vuot qua so luong request", lgsp.Throttled, false, upstream, "BusinessThrottled", saysBusy},
	{"text vuot qua so luot", lgsp.Throttled, false, upstream, "BusinessThrottled", saysBusy},
	{"text he thong dang ban", lgsp.Unavailable, false, upstream, "BusinessDown", saysInside},
	{"text loi he thong", lgsp.Unavailable, false, upstream, "BusinessDown", saysInside},
	{"text he thong loi", lgsp.Unavailable, false, upstream, "BusinessDown", saysInside},
	{"text he thong gap loi", lgsp.Unavailable, false, upstream, "BusinessDown", saysInside},
	{"text dang bao tri", lgsp.Unavailable, false, upstream, "BusinessDown", saysInside},
	{"text khong ket noi duoc", lgsp.Unavailable, false, upstream, "BusinessDown", saysInside},
	{"text timeout", lgsp.Unavailable, false, upstream, "BusinessDown", saysInside},
	{"text timed out", lgsp.Unavailable, false, upstream, "BusinessDown", saysInside},
	{"text internal server error", lgsp.Unavailable, false, upstream, "BusinessDown", saysInside},
	{"text khong ton tai du lieu", lgsp.NotFound, false, message, "NoRecord", saysNobody},
	{"text khong tim thay cong dan", lgsp.NotFound, false, message, "NoRecord", saysNobody},
	{"text khong tim thay du lieu", lgsp.NotFound, false, message, "NoRecord", saysNobody},
	{"text khong tim thay thong tin", lgsp.NotFound, false, message, "NoRecord", saysNobody},
	{"text khong ton tai trong co so du lieu", lgsp.NotFound, false, message, "NoRecord", saysNobody},
	{"text khong ton tai", lgsp.Invalid, false, message, "NotInCatalog", saysCatalog},
	{"text do dai vuot qua", lgsp.Invalid, false, message, "TooLong", saysLength},
	{"text vuot qua do dai", lgsp.Invalid, false, message, "TooLong", saysLength},
	{"text dinh dang khong dung", lgsp.Invalid, false, message, "BadFormat", saysFormat},
	{"text khong dung dinh dang", lgsp.Invalid, false, message, "BadFormat", saysFormat},
	{"text sai dinh dang", lgsp.Invalid, false, message, "BadFormat", saysFormat},
	{"text khong hop le", lgsp.Invalid, false, message, "BadFormat", saysFormat},
	{"text khong duoc de trong", lgsp.Invalid, false, message, "Missing", saysMissing},
	{"text khong duoc bo trong", lgsp.Invalid, false, message, "Missing", saysMissing},
	{"text la bat buoc", lgsp.Invalid, false, message, "Missing", saysMissing},
	{"text tai lieu ky thuat", lgsp.Invalid, false, message, "BadStructure", saysFormat},
	{"text xuat hien nhieu lan", lgsp.Invalid, false, message, "BadStructure", saysFormat},
	{"text kiem tra lai cau truc", lgsp.Invalid, false, message, "BadStructure", saysFormat},
	{"text mau thuan", lgsp.Invalid, false, message, "BadStructure", saysFormat},
	{"text ma yeu cau da ton tai", 0, true, upstream, "DeliveredBefore", saysBefore},
	{"text ma yeu cau da duoc tiep nhan", 0, true, upstream, "DeliveredBefore", saysBefore},
	{"text ma yeu cau da duoc xu ly", 0, true, upstream, "DeliveredBefore", saysBefore},
	{"text ma yeu cau bi trung", 0, true, upstream, "DeliveredBefore", saysBefore},
	{"text trung ma yeu cau", 0, true, upstream, "DeliveredBefore", saysBefore},
	{"text duplicate request code", 0, true, upstream, "DeliveredBefore", saysBefore},
	{"text thu lai sau", lgsp.Unavailable, false, upstream, "BusinessDown", saysInside},

	{"business negative", lgsp.Refused, false, message, "Refused", saysRefused},

	{"set delivered", 0, true, upstream, "SetDelivered", saysTaken},
	{"set unavailable", lgsp.Unavailable, false, upstream, "SetUnavailable", saysInside},
	{"set denied", lgsp.Denied, false, us, "SetDenied", saysKey},
	{"set throttled", lgsp.Throttled, false, upstream, "SetThrottled", saysBusy},
	{"set invalid", lgsp.Invalid, false, message, "SetInvalid", saysFormat},
	{"set refused", lgsp.Refused, false, message, "SetRefused", saysRefused},
	{"set conflict", lgsp.Conflict, false, message, "SetConflict", saysRefused},
	{"set not found", lgsp.NotFound, false, message, "SetNotFound", saysNobody},
	{"set forbidden", lgsp.Forbidden, false, message, "SetForbidden", saysRefused},
}
