using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Policy.Mail;

/// <summary>Which local parts are those of roles.</summary>
public static class RoleAddresses
{
    /// <summary>The role; null for the local part of anybody else.</summary>
    public static RoleAddress? Of(string localPart)
    {
        foreach (var role in Enum.GetValues<RoleAddress>())
        {
            if (DomainName.Same(localPart, role.ToString()))
                return role;
        }

        return null;
    }
}
