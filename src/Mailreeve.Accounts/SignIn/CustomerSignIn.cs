using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using NodaTime;

namespace Mailreeve.Accounts.SignIn;

/// <summary>Signs customers in by registration number and password (S1).</summary>
public sealed class CustomerSignIn(Database database, PasswordHashing hashing, AttemptThrottle throttle)
{
    /// <summary>Checks a number and a password.</summary>
    /// <param name="regNumber">As it was typed.</param>
    /// <param name="password">As it was typed.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<CustomerSignInResult> VerifyAsync(string regNumber, string password, Address client, CancellationToken stop)
    {
        // The check digit is no secret: this tells a typo, and nothing about which numbers there are.
        if (!RegNumber.TryParse(regNumber, out var number, out var problem))
            return new CustomerSignInResult.Mistyped(problem);

        var account = $"customer {number}";
        var wait = throttle.Begin(client, account);
        if (wait > Duration.Zero)
            return new CustomerSignInResult.TooManyAttempts(wait);

        var (customer, hash) = await database.ReadAsync(
            async db =>
            {
                var store = new CustomerStore(db);
                var found = await store.FindByRegNumberAsync(number, stop);
                return (found, found is null ? null : await store.PasswordHashOfAsync(found.Id, stop));
            },
            stop);
        var tooLong = password.Length > PasswordRules.LengthMax;
        var check = await hashing.CheckAsync(tooLong ? "" : password, hash, stop);
        // A suspended customer must get in: that is where the answer is given that ends it.
        if (check == PasswordCheck.Wrong || tooLong || customer is null or { State: CustomerState.Closed })
            return new CustomerSignInResult.Refused();

        throttle.Succeeded(client, account);
        if (check == PasswordCheck.RightButOld)
        {
            var anew = await hashing.HashAsync(password, stop);
            await database.WriteAsync(db => new CustomerStore(db).RehashAsync(customer.Id, hash!, anew, stop), stop);
        }

        return new CustomerSignInResult.Accepted(customer);
    }
}

/// <summary>What came of a customer's signing in.</summary>
public abstract record CustomerSignInResult
{
    private CustomerSignInResult()
    {
    }

    /// <summary>It is the customer.</summary>
    public sealed record Accepted(CustomerFact Customer) : CustomerSignInResult;

    /// <summary>The number cannot be one; the sentence says why.</summary>
    public sealed record Mistyped(string Problem) : CustomerSignInResult;

    /// <summary>Number and password do not belong together. More must not be said.</summary>
    public sealed record Refused : CustomerSignInResult;

    /// <summary>Too many attempts; nothing was checked.</summary>
    /// <param name="Wait">Time before the next one.</param>
    public sealed record TooManyAttempts(Duration Wait) : CustomerSignInResult;
}
