using Mailreeve.Accounts.SignIn;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Storage;
using Mailreeve.Storage.Mailboxes;
using NodaTime;

namespace Mailreeve.Accounts.Mailboxes;

/// <summary>What people ask for about mailboxes: pages and commands both come here.</summary>
public sealed class MailboxDesk(Database database, PasswordHashing hashing, AbusePolicy policy, Provider provider, IClock clock)
{
    /// <summary>App passwords that a mailbox can have at a time; each is looked at when someone signs in.</summary>
    public const int AppPasswordsMax = 50;

    /// <summary>Aliases that a mailbox can have.</summary>
    public const int AliasesMax = 50;

    private const int AppPasswordNameLengthMax = 60;

    /// <summary>Makes a mailbox.</summary>
    /// <param name="address">As it was typed.</param>
    /// <param name="customer">Whose it will be.</param>
    /// <param name="password">Its password.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<MailboxResult> AddAsync(string address, CustomerId customer, string password, CancellationToken stop)
    {
        if (PasswordRules.Problem(password) is { } weak)
            return new MailboxResult.Refused(weak);
        var lower = address.Trim().ToLowerInvariant();
        var hash = await hashing.HashAsync(password, stop);
        return await database.WriteAsync<MailboxResult>(async db =>
        {
            if (await AddressProblemAsync(db, lower, customer, stop) is { } problem)
                return new MailboxResult.Refused(problem);
            return await new MailboxStore(db).AddAsync(new NewMailbox(customer, lower, hash, clock.GetCurrentInstant()), stop) is { } id
                ? new MailboxResult.Done(id)
                : new MailboxResult.Refused($"{lower} is a mailbox or an alias already, or was one.");
        }, stop);
    }

    /// <summary>Sets the mailbox's own password.</summary>
    public async Task<MailboxResult> SetPasswordAsync(MailboxId id, string password, CancellationToken stop)
    {
        if (PasswordRules.Problem(password) is { } problem)
            return new MailboxResult.Refused(problem);
        var hash = await hashing.HashAsync(password, stop);
        await database.WriteAsync(db => new MailboxStore(db).SetPasswordHashAsync(id, hash, stop), stop);
        return new MailboxResult.Done(id);
    }

    /// <summary>Says what becomes of mail to the mailbox that looks like spam.</summary>
    public async Task<MailboxResult> SetSpamAsync(MailboxId id, SpamChoice choice, CancellationToken stop) =>
        await database.WriteAsync(db => new MailboxStore(db).SetSpamAsync(id, choice, stop), stop) ? new MailboxResult.Done(id) : Unknown;

    /// <summary>Makes an app password.</summary>
    /// <param name="id">For which mailbox.</param>
    /// <param name="name">What the user calls it.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns><see cref="MailboxResult.Made"/>, the only time the password is seen; or why not.</returns>
    public async Task<MailboxResult> AddAppPasswordAsync(MailboxId id, string name, CancellationToken stop)
    {
        var called = name.Trim();
        if (called.Length is 0 or > AppPasswordNameLengthMax || called.Any(char.IsControl))
            return new MailboxResult.Refused($"Give it a name of {AppPasswordNameLengthMax} characters at most, for example Telephone.");
        var made = AppPassword.Make();
        return await database.WriteAsync<MailboxResult>(async db =>
        {
            var store = new AppPasswordStore(db);
            if ((await store.OfAsync(id, stop)).Count >= AppPasswordsMax)
                return new MailboxResult.Refused($"A mailbox can have {AppPasswordsMax} app passwords. Revoke one that is not used any more.");
            await store.AddAsync(id, called, AppPassword.HashOf(made)!, clock.GetCurrentInstant(), stop);
            return new MailboxResult.Made(made);
        }, stop);
    }

    /// <summary>Takes an app password away.</summary>
    public async Task<MailboxResult> RevokeAppPasswordAsync(MailboxId id, long appPassword, CancellationToken stop) =>
        await database.WriteAsync(db => new AppPasswordStore(db).RevokeAsync(id, appPassword, clock.GetCurrentInstant(), stop), stop)
            ? new MailboxResult.Done(id)
            : new MailboxResult.Refused("There is no such app password any more.");

    /// <summary>Buys steps of extra storage, or gives them back (C9).</summary>
    /// <param name="id">For which mailbox.</param>
    /// <param name="steps">How many it has from now on.</param>
    /// <param name="by">Who says so.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<MailboxResult> SetStepsAsync(MailboxId id, long steps, Actor by, CancellationToken stop)
    {
        if (StorageRules.StepsProblem(policy.Terms, steps) is { } problem)
            return new MailboxResult.Refused(problem);
        return await database.WriteAsync<MailboxResult>(async db =>
        {
            if (await new MailboxStore(db).FindAsync(id, stop) is not { } mailbox)
                return Unknown;
            if (mailbox.State is MailboxState.Ended or MailboxState.Inactive)
                return new MailboxResult.Refused("The mailbox is closed. Open it again first.");
            await new StorageChargeStore(db).SetStepsAsync(id, steps, by, clock.GetCurrentInstant(), stop);
            return new MailboxResult.Done(id);
        }, stop);
    }

    /// <summary>Suspends a mailbox, opens it again, or ends it.</summary>
    public Task<MailboxResult> ActAsync(MailboxId id, MailboxAct act, Actor by, CancellationToken stop) =>
        database.WriteAsync<MailboxResult>(async db =>
        {
            var now = clock.GetCurrentInstant();
            var store = new MailboxStore(db);
            if (await store.FindAsync(id, stop) is not { } mailbox)
                return Unknown;
            if (MailboxStateRules.Next(mailbox.State, act) is not { } next)
                return new MailboxResult.Refused($"The mailbox is {EnumText.Of(mailbox.State)}.");
            if (!await store.SetStateAsync(id, mailbox.State, next, now, stop))
                return new MailboxResult.Refused("Somebody else has changed the mailbox a moment ago. Look again.");
            if (next == MailboxState.Ended)
                await new StorageChargeStore(db).SetStepsAsync(id, 0, by, now, stop);
            return new MailboxResult.Done(id);
        }, stop);

    /// <summary>Gives a mailbox one more address.</summary>
    public Task<MailboxResult> AddAliasAsync(MailboxId id, string address, CancellationToken stop) =>
        database.WriteAsync<MailboxResult>(async db =>
        {
            var lower = address.Trim().ToLowerInvariant();
            var store = new MailboxStore(db);
            if (await store.FindAsync(id, stop) is not { } mailbox)
                return Unknown;
            if (await AddressProblemAsync(db, lower, mailbox.CustomerId, stop) is { } problem)
                return new MailboxResult.Refused(problem);
            if ((await store.AliasesOfAsync(id, stop)).Count >= AliasesMax)
                return new MailboxResult.Refused($"A mailbox can have {AliasesMax} aliases.");
            return await store.AddAliasAsync(id, lower, stop)
                ? new MailboxResult.Done(id)
                : new MailboxResult.Refused($"{lower} is a mailbox or an alias already, or was one.");
        }, stop);

    /// <summary>Takes an alias away.</summary>
    public async Task<MailboxResult> RemoveAliasAsync(MailboxId id, string address, CancellationToken stop) =>
        await database.WriteAsync(db => new MailboxStore(db).RemoveAliasAsync(id, address.Trim(), stop), stop)
            ? new MailboxResult.Done(id)
            : new MailboxResult.Refused($"{address.Trim()} is no alias of this mailbox.");

    /// <summary>Keeps mail for a customer's domain from now on.</summary>
    /// <returns>Null, or why not.</returns>
    public async Task<string?> AddDomainAsync(string name, CustomerId customer, CancellationToken stop)
    {
        var lower = name.Trim().TrimEnd('.').ToLowerInvariant();
        if (ContactRules.DomainProblem(lower) is { } problem)
            return problem;
        if (provider.Owns(lower))
            return $"{lower} is the provider's own.";
        return await database.WriteAsync(db => new MailDomainStore(db).AddAsync(lower, customer, clock.GetCurrentInstant(), stop), stop)
            ? null
            : $"{lower} is a mail domain already.";
    }

    /// <summary>Keeps no mail for a domain any more.</summary>
    /// <returns>Null, or why not.</returns>
    public async Task<string?> RemoveDomainAsync(string name, CancellationToken stop) =>
        await database.WriteAsync(db => new MailDomainStore(db).RemoveAsync(name.Trim(), stop), stop)
            ? null
            : $"{name.Trim()} is no mail domain, or there are mailboxes or aliases in it. End those first.";

    /// <summary>Says where mail for unknown names of a domain goes.</summary>
    /// <param name="name">The domain, of a customer.</param>
    /// <param name="address">A mailbox of the same customer; null refuses such mail.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>Null, or why not.</returns>
    public Task<string?> SetCatchAllAsync(string name, string? address, CancellationToken stop) =>
        database.WriteAsync(async db =>
        {
            var domains = new MailDomainStore(db);
            if ((await domains.AllAsync(stop)).FirstOrDefault(d => d.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase)) is not { } domain)
                return $"{name.Trim()} is no mail domain.";
            var mailbox = address is null ? null : await new MailboxStore(db).FindByAddressAsync(address.Trim(), stop);
            if (address is not null && (mailbox is null || mailbox.CustomerId != domain.CustomerId))
                return $"{address.Trim()} is no mailbox of the customer who has {domain.Name}.";
            await domains.SetCatchAllAsync(domain.Name, mailbox?.Id, stop);
            return null;
        }, stop);

    private static MailboxResult.Refused Unknown => new("There is no such mailbox.");

    private async Task<string?> AddressProblemAsync(DbSession db, string address, CustomerId customer, CancellationToken stop)
    {
        var domains = (await new MailDomainStore(db).AllAsync(stop)).Where(d => d.CustomerId == customer).Select(d => d.Name);
        return MailboxAddressRules.Problem(address, provider.Domains, domains);
    }
}

/// <summary>What came of something that was asked for about a mailbox.</summary>
public abstract record MailboxResult
{
    private MailboxResult()
    {
    }

    /// <summary>It is done, and on disk.</summary>
    /// <param name="Id">The mailbox.</param>
    public sealed record Done(MailboxId Id) : MailboxResult;

    /// <summary>An app password was made.</summary>
    /// <param name="Password">To be shown once.</param>
    public sealed record Made(string Password) : MailboxResult
    {
        /// <summary>Without the password.</summary>
        public override string ToString() => nameof(Made);
    }

    /// <summary>It was not done.</summary>
    /// <param name="Why">As a sentence to the one who asked.</param>
    public sealed record Refused(string Why) : MailboxResult;
}
