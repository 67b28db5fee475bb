using System.Text;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Mailboxes;

namespace Mailreeve.Policy.Files;

/// <summary>Writes what <see cref="AccountsFile"/> reads.</summary>
public static class AccountsText
{
    /// <summary>The file of these customers. Reading it and importing it changes nothing.</summary>
    /// <param name="customers">In the order in which they are to stand.</param>
    /// <param name="contacts">Their contacts, in any order.</param>
    /// <param name="services">Their services, ended ones too.</param>
    /// <param name="assignments">Their assignments, ended ones too.</param>
    /// <param name="mail">Their mailboxes and mail domains.</param>
    public static string Write(
        IReadOnlyList<CustomerFact> customers, IReadOnlyList<Contact> contacts, IReadOnlyList<Service> services, IReadOnlyList<Assignment> assignments,
        MailAccounts mail)
    {
        var numbers = customers.ToDictionary(c => c.Id, c => c.RegNumber);
        var contactsOf = contacts.ToLookup(c => c.Customer);
        var servicesOf = services.ToLookup(s => s.Customer);
        var assignmentsOf = assignments.ToLookup(a => a.Customer);
        var mailboxesOf = mail.Mailboxes.ToLookup(m => m.Customer);
        var domainsOf = mail.Domains.ToLookup(d => d.Customer);
        var text = new StringBuilder("# Customers, what they have, and whom to tell. Times are UTC.\n");
        foreach (var customer in customers)
        {
            text.Append('\n');
            One(text, customer, customer.Upstream is { } up ? numbers[up] : null,
                contactsOf[customer.Id], [.. servicesOf[customer.Id]], assignmentsOf[customer.Id]);
            Mail(text, domainsOf[customer.Id], mailboxesOf[customer.Id]);
        }

        return text.ToString();
    }

    /// <summary>One customer, as it stands in the file.</summary>
    public static string WriteOne(
        CustomerFact customer, CustomerFact? upstream,
        IReadOnlyList<Contact> contacts, IReadOnlyList<Service> services, IReadOnlyList<Assignment> assignments, MailAccounts mail)
    {
        var text = new StringBuilder();
        One(text, customer, upstream?.RegNumber, contacts, services, assignments);
        Mail(text, mail.Domains, mail.Mailboxes);
        return text.ToString();
    }

    private static void One(
        StringBuilder text, CustomerFact customer, string? upstream,
        IEnumerable<Contact> contacts, IReadOnlyList<Service> services, IEnumerable<Assignment> assignments)
    {
        text.Append("[[customer]]\n");
        Key(text, "reg-number", customer.RegNumber);
        Key(text, "name", customer.Name);
        Key(text, "time-zone", customer.TimeZone);
        if (upstream is not null)
            Key(text, "upstream", upstream);
        if (customer.State != CustomerState.Active)
            Key(text, "state", Words.Of(customer.State));
        if (customer.SourceClass is { } sourceClass)
            Key(text, "source-class", sourceClass);
        List(text, "contacts", contacts.OrderBy(c => c.Position).ThenBy(c => c.Id).Select(Inline));
        List(text, "services", services.OrderBy(s => s.Id).Select(Inline));
        var names = services.ToDictionary(s => s.Id, s => s.Name);
        List(text, "assignments", assignments
            .OrderBy(a => a.Domain, StringComparer.Ordinal).ThenBy(a => a.Prefix?.First).ThenBy(a => a.Prefix?.Length).ThenBy(a => a.ValidFrom)
            .Select(a => Inline(a, a.Service is { } id ? names[id] : null)));
    }

    private static void Mail(StringBuilder text, IEnumerable<MailDomainAccount> domains, IEnumerable<MailboxAccount> mailboxes)
    {
        List(text, "mail-domains", domains.Select(d => Quote(d.Name)));
        List(text, "mailboxes", mailboxes.Select(Inline));
    }

    private static string Inline(MailboxAccount mailbox)
    {
        var aliases = mailbox.Aliases.Count == 0 ? "" : $", aliases = [{string.Join(", ", mailbox.Aliases.Select(Quote))}]";
        var catchAll = mailbox.CatchAllOf.Count == 0 ? "" : $", catch-all-of = [{string.Join(", ", mailbox.CatchAllOf.Select(Quote))}]";
        var steps = mailbox.Steps == 0 ? "" : $", steps = {mailbox.Steps}";
        var state = mailbox.State == MailboxState.Active ? "" : $", state = \"{Words.Of(mailbox.State)}\"";
        return $"{{ address = {Quote(mailbox.Address)}{aliases}{catchAll}{steps}{state} }}";
    }

    private static string Inline(Contact contact) =>
        $"{{ channel = \"{Words.Of(contact.Channel)}\", address = {Quote(contact.Address)}, role = \"{Words.Of(contact.Role)}\" }}";

    private static string Inline(Service service)
    {
        var name = service.Name == Words.Of(service.Kind) ? "" : $", name = {Quote(service.Name)}";
        var state = service.State == ServiceState.Active ? "" : $", state = \"{Words.Of(service.State)}\"";
        var login = service.Login is null ? "" : $", login = {Quote(service.Login)}";
        return $"{{ kind = \"{Words.Of(service.Kind)}\"{name}{login}{state} }}";
    }

    private static string Inline(Assignment assignment, string? service)
    {
        var resource = assignment.Domain is { } domain ? $"domain = \"{domain}\""
            : assignment.Prefix!.Value.IsSingle ? $"address = \"{assignment.Prefix}\""
            : $"prefix = \"{assignment.Prefix}\"";
        var to = assignment.ValidTo is { } end ? $", to = {FileMoment.Write(end)}" : "";
        var name = service is null ? "" : $", service = {Quote(service)}";
        return $"{{ {resource}, from = {FileMoment.Write(assignment.ValidFrom)}{to}{name} }}";
    }

    private static void Key(StringBuilder text, string key, string value) => text.Append(key).Append(" = ").Append(Quote(value)).Append('\n');

    private static void List(StringBuilder text, string key, IEnumerable<string> items)
    {
        var lines = items.ToList();
        if (lines.Count == 0)
            return;
        text.Append(key).Append(" = [\n");
        foreach (var line in lines)
            text.Append("  ").Append(line).Append(",\n");
        text.Append("]\n");
    }

    // TOML's basic string: what has a name there, and every other control character by its number.
    private static string Quote(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (var c in value)
        {
            if (c is '"' or '\\')
                text.Append('\\').Append(c);
            else if (char.IsControl(c))
                text.Append($"\\u{(int)c:X4}");
            else
                text.Append(c);
        }

        return text.Append('"').ToString();
    }
}
