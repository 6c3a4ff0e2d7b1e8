using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Iarnet.Store.Codecs;

/// <summary>
/// Types whose JSON would be nonsense (a stream as its Length, a task as its Status) are refused wherever they stand in a value;
/// the serializer adds the path. Null of such a type is fine.
/// </summary>
internal sealed class RefusedTypes : JsonConverter<object>
{
    private static readonly Type[] Bases =
    [
        typeof(Delegate), typeof(Stream), typeof(Task), typeof(MemberInfo), typeof(SafeHandle), typeof(WaitHandle), typeof(Thread), typeof(Exception),
        typeof(CancellationTokenSource), typeof(TextReader), typeof(TextWriter), typeof(System.Net.Sockets.Socket), typeof(TimeProvider),
    ];

    private static readonly Type[] Exact = [typeof(CancellationToken), typeof(ValueTask), typeof(nint), typeof(nuint)];

    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsPointer || Exact.Contains(typeToConvert) || Bases.Any(b => b.IsAssignableFrom(typeToConvert));

    public override object Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw Refusal(typeToConvert);

    public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options) => throw Refusal(value.GetType());

    private static NotSupportedException Refusal(Type type) =>
        new($"{TypeText.Of(type)} belongs to the process that made it and has no encoded form.");
}
