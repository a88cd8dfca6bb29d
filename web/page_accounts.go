package web

import (
	"errors"
	"net/http"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/account"
)

const accountsPath = "/tai-khoan"

// accountRoutes are the pages of those who look after accounts.
func accountRoutes() []route {
	admin := only(account.Admin)
	return []route{
		{method: http.MethodGet, path: accountsPath, roles: admin, menu: "accounts.menu", about: "accounts.about", do: listAccounts},
		{method: http.MethodGet, path: accountsPath + "/them", roles: admin, do: showNewAccount},
		{method: http.MethodPost, path: accountsPath + "/them", roles: admin, do: addAccount},
		{method: http.MethodGet, path: accountsPath + "/ten/{name}", roles: admin, do: showAccount},
		{method: http.MethodPost, path: accountsPath + "/ten/{name}", roles: admin, do: changeAccount},
		{method: http.MethodPost, path: accountsPath + "/ten/{name}/dat-lai", roles: admin, do: resetAccount},
		{method: http.MethodPost, path: accountsPath + "/ten/{name}/vo-hieu", roles: admin, do: disableAccount},
		{method: http.MethodPost, path: accountsPath + "/ten/{name}/mo-lai", roles: admin, do: enableAccount},
	}
}

func accountPath(name string) string { return accountsPath + "/ten/" + name }

func listAccounts(v *visit) error {
	list, err := v.s.opt.Accounts.List(v.r.Context())
	if err != nil {
		return err
	}
	return v.page(http.StatusOK, "accounts", v.t("accounts.title"), list)
}

// profileFields are the fields of what is said of a person.
func profileFields(v *visit, p account.Profile) []field {
	roles := []option{{"", v.t("choose")}}
	for _, r := range account.Roles() {
		roles = append(roles, option{r.String(), v.t("role." + r.String())})
	}
	departments := []option{{"", v.t("account.department.none")}}
	for _, d := range v.s.opt.Departments {
		departments = append(departments, option{d.Code, d.Name + " (" + d.Code + ")"})
	}
	return []field{
		{Name: "full_name", Label: "account.full_name", Hint: "account.full_name.hint", Value: p.FullName, Max: 100},
		{Name: "role", Label: "account.role", Type: "select", Options: roles, Value: p.Role.String()},
		{Name: "department", Label: "account.department", Hint: "account.department.hint", Type: "select", Options: departments, Value: p.Department, Optional: true},
	}
}

// profileOf reads what profileFields show. A role that there is not stays 0,
// which the book refuses.
func profileOf(v *visit) account.Profile {
	role, _ := account.ParseRole(v.form.Get("role"))
	return account.Profile{FullName: v.form.Get("full_name"), Role: role, Department: v.form.Get("department")}
}

func newAccountForm(v *visit) *form {
	return v.newForm(append([]field{{Name: "name", Label: "account.name", Hint: "account.name.hint", Max: 32}}, profileFields(v, account.Profile{})...)...)
}

func showNewAccount(v *visit) error {
	return v.page(http.StatusOK, "account_new", v.t("account.new.title"), newAccountForm(v))
}

func addAccount(v *visit) error {
	name := v.form.Get("name")
	password, err := v.s.opt.Accounts.Add(v.r.Context(), v.by(), name, profileOf(v))
	var refused *lgsp.Error
	if errors.As(err, &refused) && (refused.Kind == lgsp.Invalid || refused.Kind == lgsp.Conflict) {
		f := newAccountForm(v)
		f.take(v, "account", refused.Fields)
		if refused.Code == account.CodeExists {
			f.bad("name", v.t("account.name.exists"))
		}
		return v.page(http.StatusUnprocessableEntity, "account_new", v.t("account.new.title"), f)
	}
	if err != nil {
		return err
	}
	v.tell(flash{Kind: "secret", Text: v.t("account.added", name), Secret: password})
	return v.redirect(accountPath(name))
}

// accountPage is one account with what can be done to it.
type accountPage struct {
	*form
	Account account.Account
	Own     bool // it is the visitor's, who cannot take rights from himself
}

func (v *visit) accountPage() (p accountPage, err error) {
	p.Account, err = v.s.opt.Accounts.Get(v.r.Context(), v.r.PathValue("name"))
	p.Own = p.Account.Name == v.who.Name
	return p, err
}

func showAccount(v *visit) error {
	p, err := v.accountPage()
	if err != nil {
		return err
	}
	p.form = v.newForm(profileFields(v, p.Account.Profile)...)
	return v.page(http.StatusOK, "account", v.t("account.title", p.Account.Name), p)
}

func changeAccount(v *visit) error {
	p, err := v.accountPage()
	if err != nil {
		return err
	}
	to := profileOf(v)
	if p.Own && (to.Role != p.Account.Role || to.Department != p.Account.Department) {
		return v.wrong(accountPath(p.Account.Name), "account.own")
	}
	err = v.s.opt.Accounts.Change(v.r.Context(), v.by(), p.Account.Name, to)
	var refused *lgsp.Error
	if errors.As(err, &refused) && refused.Kind == lgsp.Invalid {
		p.form = v.newForm(profileFields(v, to)...)
		p.take(v, "account", refused.Fields)
		return v.page(http.StatusUnprocessableEntity, "account", v.t("account.title", p.Account.Name), p)
	}
	return v.afterDeed(p, err, "account.changed")
}

// afterDeed leads back to an account and tells what became of a deed.
func (v *visit) afterDeed(p accountPage, err error, done string) error {
	to := accountPath(p.Account.Name)
	var refused *lgsp.Error
	switch errors.As(err, &refused); {
	case err == nil:
		return v.done(to, done, p.Account.Name)
	case refused != nil && refused.Code == account.CodeLastAdmin:
		return v.wrong(to, "account.last-admin")
	case refused != nil && refused.Code == account.CodeAlready:
		return v.wrong(to, "account.already")
	}
	return err
}

func resetAccount(v *visit) error {
	p, err := v.accountPage()
	if err != nil {
		return err
	}
	if p.Own {
		return v.wrong(accountPath(p.Account.Name), "account.own")
	}
	password, err := v.s.opt.Accounts.Reset(v.r.Context(), v.by(), p.Account.Name)
	if err != nil {
		return err
	}
	v.tell(flash{Kind: "secret", Text: v.t("account.reset.done", p.Account.Name), Secret: password})
	return v.redirect(accountPath(p.Account.Name))
}

func disableAccount(v *visit) error {
	p, err := v.accountPage()
	if err != nil {
		return err
	}
	if p.Own {
		return v.wrong(accountPath(p.Account.Name), "account.own")
	}
	return v.afterDeed(p, v.s.opt.Accounts.Disable(v.r.Context(), v.by(), p.Account.Name), "account.disabled.done")
}

func enableAccount(v *visit) error {
	p, err := v.accountPage()
	if err != nil {
		return err
	}
	return v.afterDeed(p, v.s.opt.Accounts.Enable(v.r.Context(), v.by(), p.Account.Name), "account.enabled.done")
}
