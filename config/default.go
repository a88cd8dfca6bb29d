package config

import (
	_ "embed"
	"time"
)

const day = 24 * time.Hour

//go:embed lgspd.yaml
var example string

// Example returns the commented file that a new installation starts from. It
// holds every key; the files that it names have to be made.
func Example() string { return example }

// Default returns what holds where the file says nothing. It lacks what only
// a province can know, so it does not pass Validate.
func Default() Config {
	return Config{
		Data:    "/var/lib/lgspd",
		KeyFile: "/etc/lgspd/lgspd.key",
		Lang:    "vi",
		Log:     Log{Level: "info", Format: "text"},
		SOAP: SOAP{
			Listen: "127.0.0.1:8081",
			Limits: Limits{
				Body:          8 * MiB,
				InFlight:      64 * MiB,
				Connections:   1024,
				PerDepartment: 64,
				HeaderTimeout: 10 * time.Second,
				BodyTimeout:   time.Minute,
				IdleTimeout:   2 * time.Minute,
			},
		},
		Queue: Queue{
			MinFree: 512 * MiB,
			Reserve: 64 * MiB,
			Grace:   day,
			Retain:  Retain{Delivered: 90 * day, Rejected: 90 * day, Dropped: 30 * day, Superseded: day},
		},
		LookUps: LookUps{Timeout: 10 * time.Second, Concurrency: 32, PerDepartment: 16, BulkRate: 20, BulkConcurrency: 4},
		Web:     Web{Idle: 15 * time.Minute, Absolute: 10 * time.Hour, PasswordAge: 180 * day},
		Notices: Notices{Recipients: []string{populationOffice}, Retain: 90 * day},
		Documents: Documents{
			Platform:   "Nền tảng tích hợp, chia sẻ dữ liệu quốc gia (NDXP)",
			Recipients: []string{populationOffice},
			Bases: []string{
				"Căn cứ Luật Căn cước ngày 27 tháng 11 năm 2023",
				"Căn cứ Nghị định số 278/2025/NĐ-CP ngày 22 tháng 10 năm 2025 của Chính phủ quy định về kết nối, chia sẻ dữ liệu bắt buộc giữa các cơ quan thuộc hệ thống chính trị",
				"Căn cứ Thông tư số 46/2022/TT-BCA ngày 04 tháng 11 năm 2022 của Bộ trưởng Bộ Công an quy định về việc kết nối, chia sẻ và khai thác thông tin giữa Cơ sở dữ liệu quốc gia về dân cư với cơ sở dữ liệu quốc gia, cơ sở dữ liệu chuyên ngành và hệ thống thông tin khác",
				"Căn cứ Quyết định số 1911/QĐ-TTg ngày 15 tháng 11 năm 2021 của Thủ tướng Chính phủ",
			},
		},
		Report:  defaultReport(),
		Audit:   Audit{Retain: twoYears},
		Sandbox: Sandbox{Listen: "127.0.0.1:8090"},
	}
}

func defaultReport() Report {
	return Report{
		Deadline:         2,
		ProvinceDeadline: 10,
		Bases: []string{
			"Căn cứ Quyết định số 1911/QĐ-TTg ngày 15 tháng 11 năm 2021 của Thủ tướng Chính phủ",
			"Căn cứ Nghị định số 278/2025/NĐ-CP ngày 22 tháng 10 năm 2025 của Chính phủ quy định về kết nối, chia sẻ dữ liệu bắt buộc giữa các cơ quan thuộc hệ thống chính trị",
			"Căn cứ Thông tư số 46/2022/TT-BCA ngày 04 tháng 11 năm 2022 của Bộ trưởng Bộ Công an quy định về việc kết nối, chia sẻ và khai thác thông tin giữa Cơ sở dữ liệu quốc gia về dân cư với cơ sở dữ liệu quốc gia, cơ sở dữ liệu chuyên ngành và hệ thống thông tin khác",
			"Căn cứ Nghị định số 09/2019/NĐ-CP ngày 24 tháng 01 năm 2019 của Chính phủ quy định về chế độ báo cáo của cơ quan hành chính nhà nước",
		},
		Recipients:           []string{"Bộ Công an (để báo cáo)", "Ủy ban nhân dân tỉnh (để báo cáo)"},
		DepartmentRecipients: []string{"Công an tỉnh"},
		Groups: []Group{
			{Title: "Đăng ký khai sinh, đăng ký thường trú, cấp thẻ bảo hiểm y tế cho trẻ em dưới 6 tuổi", Services: []string{"hotich.khai-sinh", "cu-tru.dang-ky", "bhyt.cap-the"}},
			{Title: "Đăng ký khai tử, xóa đăng ký thường trú, giải quyết mai táng phí, tử tuất", Services: []string{"hotich.khai-tu", "an-sinh.mai-tang-phi"}},
		},
		Reminders: ReportReminds{Before: []int{7, 2}, After: []int{1, 3, 7}},
		NodeName:  "tinh",
	}
}

// populationOffice keeps the national population database.
const populationOffice = "Trung tâm dữ liệu quốc gia về dân cư (C06), Bộ Công an"

// DefaultUpstream returns what holds for an upstream where its entry says
// nothing.
func DefaultUpstream() Upstream {
	return Upstream{
		SOAPVersion:    "1.1",
		Timeout:        30 * time.Second,
		ConnectTimeout: 5 * time.Second,
		MaxAnswer:      4 * MiB,
		Concurrency:    16,
		Retry:          Retry{First: time.Second, Most: 10 * time.Minute},
		Breaker:        Breaker{Failures: 5, Open: 5 * time.Second, Most: 2 * time.Minute},
	}
}

// The decoder starts every new entry of these types from its defaults.
func (u *Upstream) setDefaults()  { *u = DefaultUpstream() }
func (p *Plugin) setDefaults()    { p.Timeout, p.Memory = 5*time.Second, 256*MiB }
func (t *Token) setDefaults()     { t.Path = "/token" }
func (k *HeaderKey) setDefaults() { k.Header = "ApiKey" }
