namespace Mailreeve.Policy;

/// <summary>Who did something: the policy itself, an operator or a tool of theirs, a customer. Stored as text, shown in every history.</summary>
public readonly record struct Actor(string Value)
{
    /// <summary>The program, following the policy.</summary>
    public static readonly Actor Policy = new("policy");

    /// <summary>An operator, by sign-in name.</summary>
    public static Actor Operator(string name) => new($"operator {name}");

    /// <summary>A customer, by registration number.</summary>
    public static Actor Customer(string regNumber) => new($"customer {regNumber}");

    /// <summary>A tool of the operator's that asks over the API, by the name of its key.</summary>
    public static Actor Tool(string name) => new($"tool {name}");

    /// <inheritdoc/>
    public override string ToString() => Value;
}
