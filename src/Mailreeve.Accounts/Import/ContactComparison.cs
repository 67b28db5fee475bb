using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Files;

namespace Mailreeve.Accounts.Import;

/// <summary>Contacts of a file against those that are stored.</summary>
internal static class ContactComparison
{
    public static void Compare(CustomerPlan plan, IReadOnlyList<ContactEntry> entries, IReadOnlyList<Contact> stored)
    {
        var wanted = entries.Select((e, i) => new Contact
        {
            Id = 0,
            Customer = plan.Customer.Id,
            Channel = e.Channel,
            Address = e.Address,
            Role = e.Role,
            Position = i,
        }).ToList();
        foreach (var gone in stored.Where(s => !wanted.Exists(w => Same(w, s))))
        {
            plan.EndContacts.Add(gone);
            plan.Changes.Add(new ImportChange('-', Text(gone)));
        }

        foreach (var added in wanted.Where(w => !stored.Any(s => Same(w, s))))
            plan.Changes.Add(new ImportChange('+', Text(added)));

        // The order is what counts, not the numbers: they may have gaps.
        var left = stored.Where(s => wanted.Exists(w => Same(w, s))).ToList();
        var known = wanted.Where(w => left.Exists(s => Same(w, s))).ToList();
        var reordered = !known.Zip(left).All(p => Same(p.First, p.Second));
        if (reordered)
            plan.Changes.Add(new ImportChange('~', $"order of contacts: {string.Join(", ", wanted.Select(w => w.Address))}"));
        if (reordered || wanted.Count > known.Count)
            plan.PutContacts.AddRange(wanted);
    }

    private static bool Same(Contact a, Contact b) => a.Channel == b.Channel && a.Role == b.Role && a.Address == b.Address;

    private static string Text(Contact contact) =>
        $"contact {contact.Channel.ToString().ToLowerInvariant()} {contact.Address} ({contact.Role.ToString().ToLowerInvariant()})";
}
