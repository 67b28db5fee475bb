using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy.Files;

/// <summary>Reads the <c>[[customer]]</c> tables of an accounts file, and looks for what occurs twice.</summary>
internal sealed class CustomerReader(FileProblems problems)
{
    private const int NameLengthMax = 200;

    // What the policy allows is checked when steps are bought; a file may bring along what was bought under another.
    private const long StepsMax = 10_000;

    private static readonly string[] Resources = ["prefix", "address", "domain"];

    private readonly Dictionary<RegNumber, int> lineOfNumber = [];
    private readonly Dictionary<string, int> lineOfName = [];
    private readonly Dictionary<string, int> lineOfLogin = [];

    public CustomerEntry Read(TableReader table)
    {
        var number = Number(table, "reg-number");
        var name = Name(table, table.Text("name", "Alder Dental"));
        var zone = Zone(table);
        var upstreamAt = table.TextIfAny("upstream", "100-0000-4")?.At ?? table.At;
        var upstream = Number(table, "upstream");
        var sourceClass = table.TextIfAny("source-class", "trusted");
        var entry = new CustomerEntry
        {
            At = table.At,
            Key = table.Path,
            RegNumber = number,
            Name = name ?? "",
            TimeZone = zone?.Id ?? "Etc/UTC",
            Upstream = upstream,
            UpstreamAt = upstreamAt,
            State = table.WordIfAny<CustomerState>("state"),
            SourceClass = sourceClass?.Value,
            SourceClassAt = sourceClass?.At ?? table.At,
            Contacts = Contacts(table),
            Services = Services(table),
            Assignments = [.. table.Tables("assignments").Select(t => Assignment(t, zone ?? DateTimeZone.Utc)).OfType<AssignmentEntry>()],
            MailDomains = MailDomains(table),
            Mailboxes = [.. table.Tables("mailboxes").Select(MailboxOf).OfType<MailboxAccountEntry>()],
        };
        table.Finish();

        if (number is not null && upstream == number)
            problems.Add(upstreamAt, table.KeyOf("upstream"), "This customer is its own upstream.", "Remove the line, or name another customer.");
        CheckTwice(table, entry, name);
        CheckServiceNames(entry);
        return entry;
    }

    private void CheckTwice(TableReader table, CustomerEntry entry, string? name)
    {
        if (entry.RegNumber is { } number && !lineOfNumber.TryAdd(number, table.At.Line))
        {
            problems.Add(
                table.At, table.KeyOf("reg-number"), $"{number} is already the customer in line {lineOfNumber[number]}.", "Keep one of the two.");
        }

        // Without a number the name is all there is to know a customer by.
        if (name is not null && table.Entry("reg-number") is null && !lineOfName.TryAdd(name, table.At.Line))
        {
            problems.Add(
                table.At, table.KeyOf("name"), $"'{name}' is already the customer in line {lineOfName[name]}.", "Give both a reg-number.");
        }
    }

    private void CheckServiceNames(CustomerEntry entry)
    {
        var names = entry.Services.Select(s => s.Name).ToList();
        foreach (var assignment in entry.Assignments.Where(a => a.Service is not null && !names.Contains(a.Service)))
        {
            problems.Add(
                assignment.At, $"{assignment.Key}.service", $"This customer has no service '{assignment.Service}'.",
                names.Count == 0 ? "Add it to services, or remove the key." : Nearest.Remedy(assignment.Service!, names));
        }
    }

    private RegNumber? Number(TableReader table, string key)
    {
        if (table.TextIfAny(key, "100-0000-4") is not { } text)
            return null;
        if (RegNumber.TryParse(text.Value, out var number, out var problem))
            return number;
        problems.Add(text.At, table.KeyOf(key), $"'{text.Value}': {problem}", key == "reg-number"
            ? "Look the number up, or leave the key out and one is given."
            : "Look the number up.");
        return null;
    }

    private string? Name(TableReader table, TomlValue.Text? text)
    {
        if (text is null)
            return null;
        if (text.Value.Length <= NameLengthMax && !text.Value.Any(char.IsControl) && text.Value.Trim().Length == text.Value.Length)
            return text.Value;
        problems.Add(
            text.At, table.KeyOf("name"), "This is not a name.", $"Write {NameLengthMax} characters at most, in one line, without blanks around them.");
        return null;
    }

    private DateTimeZone? Zone(TableReader table)
    {
        if (table.Text("time-zone", "America/Los_Angeles") is not { } text)
            return null;
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(text.Value) is { } zone)
            return zone;
        problems.Add(
            text.At, table.KeyOf("time-zone"), $"There is no time zone '{text.Value}'.",
            Nearest.To(text.Value, DateTimeZoneProviders.Tzdb.Ids) is { } near ? $"Did you mean '{near}'?" : "Write it like America/Los_Angeles.");
        return null;
    }

    private List<ContactEntry> Contacts(TableReader customer)
    {
        var contacts = new List<ContactEntry>();
        foreach (var table in customer.Tables("contacts"))
        {
            var channel = table.Word<ContactChannel>("channel");
            var address = table.Text("address", "abuse@customer.example");
            var role = table.Word<ContactRole>("role");
            table.Finish();
            if (channel is not { } how || address is null || role is not { } what)
                continue;

            if (ContactRules.Problem(how, address.Value) is { } problem)
            {
                problems.Add(
                    address.At, table.KeyOf("address"),
                    how == ContactChannel.Email ? $"'{address.Value}' is not a mail address." : $"'{address.Value}' cannot be reached.", problem);
            }
            else if (contacts.Exists(c => c.Channel == how && c.Role == what && c.Address.Equals(address.Value, StringComparison.OrdinalIgnoreCase)))
            {
                problems.Add(table.At, table.Path, "This contact is already in the list.", "Remove one of the two.");
            }
            else
            {
                contacts.Add(new ContactEntry(how, address.Value, what));
            }
        }

        return contacts;
    }

    private List<ServiceEntry> Services(TableReader customer)
    {
        var services = new List<ServiceEntry>();
        foreach (var table in customer.Tables("services"))
        {
            var kind = table.Word<ServiceKind>("kind");
            var text = table.TextIfAny("name", "www.customer.example");
            var name = text is null ? null : Name(table, text);
            var state = table.WordIfAny<ServiceState>("state");
            var login = Login(table, isUsed: state != ServiceState.Ended);
            table.Finish();
            if (kind is not { } what || (text is not null && name is null))
                continue;

            var service = new ServiceEntry(what, name ?? Words.Of(what), state, login);
            if (services.Exists(s => s.Name == service.Name))
                problems.Add(text?.At ?? table.At, table.KeyOf("name"), $"This customer already has a service '{service.Name}'.", "Give each its own name.");
            else
                services.Add(service);
        }

        return services;
    }

    private string? Login(TableReader table, bool isUsed)
    {
        if (table.TextIfAny("login", "kim@dsl.provider.example") is not { } text)
            return null;
        if (AccessName.Normalise(text.Value) is not { } login)
        {
            problems.Add(
                text.At, table.KeyOf("login"), "This is not a login name.",
                $"Write a name, a hardware address or a circuit id of {AccessName.LengthMax} characters at most, without blanks around it.");
            return null;
        }

        if (isUsed && !lineOfLogin.TryAdd(login, text.At.Line))
            problems.Add(text.At, table.KeyOf("login"), $"'{login}' is already the login of the service in line {lineOfLogin[login]}.", "Keep one of the two: a login names one customer.");
        return login;
    }

    private List<string> MailDomains(TableReader customer)
    {
        var domains = new List<string>();
        foreach (var text in TextsIfAny(customer, "mail-domains", "customer.example"))
        {
            var domain = text.Value.TrimEnd('.').ToLowerInvariant();
            if (ContactRules.DomainProblem(domain) is { } problem)
                problems.Add(text.At, customer.KeyOf("mail-domains"), $"'{text.Value}' is not a domain.", problem);
            else
                domains.Add(domain);
        }

        return domains;
    }

    private MailboxAccountEntry? MailboxOf(TableReader table)
    {
        var address = table.Text("address", "kim@provider.example");
        var aliases = TextsIfAny(table, "aliases", "kimberley@provider.example");
        var catchAllOf = TextsIfAny(table, "catch-all-of", "customer.example");
        var state = table.WordIfAny<MailboxState>("state");
        var steps = table.WholeIfAny("steps");
        table.Finish();
        if (steps is < 0 or > StepsMax)
            problems.Add(table.Entry("steps")!.Value.At, table.KeyOf("steps"), $"{steps} is no number of steps.", $"Write 0 to {StepsMax}.");
        if (address is null)
            return null;
        return new MailboxAccountEntry
        {
            At = table.At,
            Key = table.Path,
            Address = address.Value.ToLowerInvariant(),
            Aliases = [.. aliases.Select(a => a.Value.ToLowerInvariant())],
            CatchAllOf = [.. catchAllOf.Select(d => d.Value.TrimEnd('.').ToLowerInvariant())],
            State = state,
            Steps = steps,
        };
    }

    private static IReadOnlyList<TomlValue.Text> TextsIfAny(TableReader table, string key, string example) =>
        table.Entry(key) is null ? [] : table.Texts(key, example) ?? [];

    private AssignmentEntry? Assignment(TableReader table, DateTimeZone zone)
    {
        var prefix = PrefixOf(table);
        var domain = DomainOf(table);
        var from = Moment(table, "from", zone);
        var to = Moment(table, "to", zone);
        var service = table.TextIfAny("service", "www.customer.example");
        table.Finish();

        var resources = Resources.Where(k => table.Entry(k) is not null).ToList();
        if (resources.Count != 1)
        {
            problems.Add(
                table.At, table.Path, resources.Count == 0 ? "It does not say what is assigned." : $"It assigns {string.Join(" and ", resources)}.",
                "Write one of prefix, address and domain.");
            return null;
        }

        if (from is not null && to <= from)
        {
            problems.Add(table.Entry("to")!.Value.At, table.KeyOf("to"), "It ends before it begins.", "Write a later time, or leave the key out.");
            return null;
        }

        // With a time that could not be read it would be said to overlap with others, perhaps wrongly.
        var timesAreRead = (from is not null || table.Entry("from") is null) && (to is not null || table.Entry("to") is null);
        if ((prefix is null && domain is null) || !timesAreRead)
            return null;
        return new AssignmentEntry
        {
            At = table.At,
            Key = table.Path,
            Prefix = prefix,
            Domain = domain,
            Service = service?.Value,
            From = from,
            To = to,
        };
    }

    private Prefix? PrefixOf(TableReader table)
    {
        var prefix = table.TextIfAny("prefix", "192.0.2.0/28");
        var address = table.TextIfAny("address", "192.0.2.7");
        if (address is not null)
        {
            if (Address.TryParse(address.Value, out var one))
                return Prefix.Single(one);
            problems.Add(address.At, table.KeyOf("address"), $"'{address.Value}' is not an address.", "Write address = \"192.0.2.7\".");
        }

        if (prefix is null)
            return null;
        if (Prefix.TryParse(prefix.Value, out var many))
            return many;
        problems.Add(prefix.At, table.KeyOf("prefix"), $"'{prefix.Value}' is not a prefix.", RemedyFor(prefix.Value));
        return null;
    }

    // 192.0.2.5/24 is the most frequent slip: the address of the router with the length of the network.
    private static string RemedyFor(string written)
    {
        var slash = written.IndexOf('/');
        if (slash > 0 && Address.TryParse(written.AsSpan(0, slash), out var address) && int.TryParse(written.AsSpan(slash + 1), out var length)
            && length >= 0 && length <= (address.IsIPv4 ? 32 : 128))
            return $"Did you mean '{new Prefix(address, address.IsIPv4 ? length + 96 : length)}'?";
        return "Write prefix = \"192.0.2.0/28\".";
    }

    private string? DomainOf(TableReader table)
    {
        if (table.TextIfAny("domain", "customer.example") is not { } text)
            return null;
        var domain = text.Value.TrimEnd('.').ToLowerInvariant();
        if (ContactRules.DomainProblem(domain) is not { } problem)
            return domain;
        problems.Add(text.At, table.KeyOf("domain"), $"'{text.Value}' is not a domain.", problem);
        return null;
    }

    private Instant? Moment(TableReader table, string key, DateTimeZone zone)
    {
        if (table.Entry(key) is not { } entry)
            return null;
        var written = entry.Value switch
        {
            TomlValue.Moment moment => moment.Written,
            TomlValue.Text text => text.Value,
            _ => "",
        };
        if (FileMoment.TryParse(written, zone, out var instant, out var problem))
            return instant;
        problems.Add(entry.Value.At, table.KeyOf(key), problem, $"Write {key} = 2026-01-31T18:00:00Z, or a day.");
        return null;
    }
}
