using Mailreeve.Policy.Files;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Storage;

namespace Mailreeve.Accounts.Import;

/// <summary>Mailboxes and mail domains of a file against those that are stored.</summary>
/// <remarks>
/// Those that the file leaves out stay as they are: people's mail is in them. A mailbox is ended by its state, as a customer is closed.
/// Of a mailbox that the file names, its aliases are the whole truth.
/// </remarks>
internal sealed class MailboxComparison(MailAccounts stored, IReadOnlyList<string> ours, Action<Place, string, string, string> tell)
{
    private readonly Dictionary<string, MailboxAccount> byAddress =
        stored.Mailboxes.SelectMany(m => m.Aliases.Append(m.Address).Select(a => (a, m))).ToDictionary(p => p.a, p => p.m);

    private readonly Dictionary<string, MailDomainAccount> domains = stored.Domains.ToDictionary(d => d.Name);
    private readonly Dictionary<string, Place> named = [];

    public void Compare(CustomerPlan plan, CustomerEntry entry)
    {
        foreach (var domain in entry.MailDomains)
            TakeDomain(plan, entry, domain);
        foreach (var mailbox in entry.Mailboxes)
            TakeMailbox(plan, mailbox);
    }

    private void TakeDomain(CustomerPlan plan, CustomerEntry entry, string domain)
    {
        if (domains.TryGetValue(domain, out var held))
        {
            if (held.Customer != plan.Customer.Id)
                tell(entry.At, $"{entry.Key}.mail-domains", $"{domain} is a mail domain of another customer.", "Remove it there first.");
            return;
        }

        domains[domain] = new MailDomainAccount(plan.Customer.Id, domain);
        plan.MailDomains.Add(domain);
        plan.Changes.Add(new ImportChange('+', $"mail domain {domain}"));
    }

    private void TakeMailbox(CustomerPlan plan, MailboxAccountEntry entry)
    {
        var theirs = domains.Values.Where(d => d.Customer == plan.Customer.Id).Select(d => d.Name).ToList();
        var old = byAddress.GetValueOrDefault(entry.Address);
        foreach (var address in entry.Aliases.Prepend(entry.Address))
            CheckAddress(entry, address, old, theirs);
        foreach (var domain in entry.CatchAllOf.Where(d => !theirs.Contains(d)))
            tell(entry.At, $"{entry.Key}.catch-all-of", $"{domain} is no mail domain of this customer.", "Add it to mail-domains.");
        if (old is not null && (old.Address != entry.Address || old.Customer != plan.Customer.Id))
        {
            tell(entry.At, $"{entry.Key}.address", $"{entry.Address} leads to a mailbox already.", "Choose another address.");
            return;
        }

        var wanted = new MailboxAccount
        {
            Customer = plan.Customer.Id,
            Address = entry.Address,
            State = entry.State ?? old?.State ?? MailboxState.Active,
            Steps = entry.Steps ?? old?.Steps ?? 0,
            Aliases = [.. entry.Aliases.Order(StringComparer.Ordinal)],
            CatchAllOf = [.. entry.CatchAllOf.Order(StringComparer.Ordinal)],
        };
        if (old is { State: MailboxState.Ended } && wanted.State != MailboxState.Ended)
            tell(entry.At, $"{entry.Key}.state", $"{entry.Address} has ended.", "Make another mailbox; what has ended stays ended.");
        if (old is not null && Text(old) == Text(wanted))
            return;
        plan.Mailboxes.Add((wanted, old));
        plan.Changes.Add(old is null ? new ImportChange('+', Text(wanted)) : new ImportChange('~', $"{Text(old)} -> {Text(wanted)}"));
    }

    private void CheckAddress(MailboxAccountEntry entry, string address, MailboxAccount? mailbox, IReadOnlyList<string> theirs)
    {
        if (MailboxAddressRules.Problem(address, ours, theirs) is { } problem)
            tell(entry.At, $"{entry.Key}.address", $"'{address}' cannot be given.", problem);
        else if (!named.TryAdd(address, entry.At))
            tell(entry.At, $"{entry.Key}.address", $"{address} is already in line {named[address].Line}.", "Keep one of the two.");
        else if (byAddress.GetValueOrDefault(address) is { } other && other != mailbox)
            tell(entry.At, $"{entry.Key}.aliases", $"{address} leads to the mailbox {other.Address}.", "Take it away there first.");
    }

    private static string Text(MailboxAccount mailbox)
    {
        var aliases = mailbox.Aliases.Count == 0 ? "" : $", also {string.Join(", ", mailbox.Aliases)}";
        var catchAll = mailbox.CatchAllOf.Count == 0 ? "" : $", all else of {string.Join(", ", mailbox.CatchAllOf)}";
        return $"mailbox {mailbox.Address} ({EnumText.Of(mailbox.State)}, {mailbox.Steps} steps){aliases}{catchAll}";
    }
}
