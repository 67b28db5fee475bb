using Mailreeve.Policy;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Storage.Network;

namespace Mailreeve.Accounts.Commands;

/// <summary><c>mailbox show ADDRESS</c></summary>
public static class MailboxShowCommand
{
    /// <summary>Prints one mailbox and what the policy says about it.</summary>
    /// <returns>0; 1 when there is no such mailbox.</returns>
    public static async Task<int> RunAsync(Database database, AbusePolicy policy, string address, TextWriter output, CancellationToken stop)
    {
        if (await FindMailbox.ByAddressAsync(database, address, output, stop) is not { } mailbox)
            return 1;

        var (customer, aliases, apps, used, credentials, blocks) = await database.ReadAsync(
            async db =>
            {
                var store = new MailboxStore(db);
                return (
                    await new CustomerStore(db).FindAsync(mailbox.CustomerId, stop), await store.AliasesOfAsync(mailbox.Id, stop),
                    await new AppPasswordStore(db).OfAsync(mailbox.Id, stop), await store.UsedBytesAsync(mailbox.Id, stop),
                    await store.CredentialsOfAsync(mailbox.Id, stop), await new ServiceBlockStore(db).InForceOfAsync(mailbox.Id, stop));
            },
            stop);
        var terms = policy.Terms;
        var capacity = StorageRules.CapacityBytes(terms, mailbox.ExtraSteps);
        await output.WriteLineAsync($"address    {mailbox.Address}");
        await output.WriteLineAsync($"customer   {customer!.RegNumber} {customer.Name}");
        await output.WriteLineAsync($"state      {EnumText.Of(mailbox.State)} since {mailbox.StateSince:uuuu-MM-dd HH:mm} UTC");
        foreach (var block in blocks)
            await output.WriteLineAsync($"blocked    until {block.ExpiresAt:uuuu-MM-dd HH:mm} UTC at most (clause {block.Clause}), block {block.Id.Value} by {block.PlacedBy}: {block.Reason}");
        await output.WriteLineAsync($"aliases    {(aliases.Count == 0 ? "none" : string.Join(", ", aliases))}");
        await output.WriteLineAsync($"used       {SizeText.Human(used)} of {SizeText.Human(capacity)}, {FillRules.PercentOf(used, capacity)} % (clause {terms.MailboxCapacityBytes.Clause})");
        await output.WriteLineAsync($"extra      {mailbox.ExtraSteps} steps, {StorageRules.Price(terms, mailbox.ExtraSteps).Value} a month (clause {terms.ExtraStoragePrice.Clause})");
        await output.WriteLineAsync($"last used  {mailbox.LastUsedAt:uuuu-MM-dd HH:mm} UTC; {IdleText(terms, mailbox)}");
        await output.WriteLineAsync($"password   {(credentials?.PasswordHash is null ? "none" : "set")}; {apps.Count} app passwords");
        return 0;
    }

    private static string IdleText(PolicyTerms terms, MailboxRow mailbox) =>
        mailbox.State == MailboxState.Active
            ? $"closes {mailbox.LastUsedAt + terms.InactiveMailboxRetention.Value:uuuu-MM-dd} if nobody uses it (clause {terms.InactiveMailboxRetention.Clause}), {mailbox.IdleWarnings} of 2 warnings sent"
            : "not in use";
}
