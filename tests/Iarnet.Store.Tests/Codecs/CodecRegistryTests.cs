using System.Buffers;
using Google.Protobuf.WellKnownTypes;
using Iarnet.Objects;

namespace Iarnet.Store.Tests.Codecs;

public sealed class CodecRegistryTests
{
    private static readonly CodecRegistry Registry = CodecRegistry.Default;

    public enum Colour
    {
        Red,
        Green,
    }

    public static TheoryData<string, object> Choices => new()
    {
        { "raw", new byte[] { 1, 2 } },
        { "raw", new ReadOnlyMemory<byte>([1, 2]) },
        { "raw", new Memory<byte>([1, 2]) },
        { "raw", new ReadOnlySequence<byte>([1, 2]) },
        { "array.int32", new[] { 1, -2 } },
        { "array.float64", new[] { 1.5, double.NaN } },
        { "array.float64", new ReadOnlyMemory<double>([1.5]) },
        { "array.uint16", new ushort[] { 7 } },
        { "array.bool", new[] { true, false } },
        { "protobuf", new Duration { Seconds = 3 } },
        { "pickle", new PickledObject(new byte[] { 0x80, 5 }) },
        { "pickle5", new PickledObject(new byte[] { 0x80, 5 }) { Codec = "pickle5" } },
        { "json", "text" },
        { "json", 12 },
        { "json", new[] { "a" } },
        { "json", (1, "two") },
        { "json", new Person("Ada", [1, 2], Colour.Green) },
        { "json", new Dictionary<string, int> { ["a"] = 1 } },
    };

    [Theory]
    [MemberData(nameof(Choices))]
    public void The_static_type_chooses_the_codec(string codec, object value) =>
        Assert.Equal(codec, (string)typeof(CodecRegistryTests).GetMethod(nameof(CodecOf))!.MakeGenericMethod(value.GetType()).Invoke(null, [value])!);

    public static string CodecOf<T>(T value) => Registry.Encode(value).Codec;

    [Fact]
    public void Values_come_back_as_they_were()
    {
        RoundTrip(new byte[] { 1, 2, 3 });
        RoundTrip(Array.Empty<long>());
        RoundTrip(new[] { 1L, long.MinValue });
        RoundTrip(new[] { Half.Epsilon });
        RoundTrip(12);
        RoundTrip("snow \u2603 \ud83c\udf28");
        RoundTrip((1, "two", 3.0));
        RoundTrip(((1, 2), new[] { "x" }), compare: false);
        RoundTrip(new KeyValuePair<string, int>("a", 1));
        RoundTrip(Colour.Green);
        RoundTrip((int?)5);
        RoundTrip((int?)null);
        RoundTrip((string?)null);
        RoundTrip((byte[]?)null);
        RoundTrip((Duration?)null);
        RoundTrip(new Duration { Seconds = 4, Nanos = 5 });
        RoundTrip(double.NaN);
        RoundTrip(float.NegativeInfinity);
        RoundTrip(decimal.MaxValue);
        RoundTrip(UInt128.MaxValue);
        RoundTrip(new DateTimeOffset(2026, 11, 21, 1, 2, 3, TimeSpan.FromHours(2)).AddTicks(1));
        RoundTrip(TimeSpan.FromTicks(-7));
        RoundTrip(new Dictionary<int, List<string>> { [1] = ["a"], [-2] = [] });
        RoundTrip(new HashSet<int> { 1, 2 });
        var person = RoundTrip(new Person("Ada", [1, 2], Colour.Green), compare: false);
        Assert.Equal(("Ada", Colour.Green), (person.Name, person.Favourite));
        Assert.Equal([1, 2], person.Numbers);
        Assert.Equal("derived", ((Derived)RoundTrip<Base>(new Derived { Own = "derived" }, compare: false)).Own);
    }

    [Fact]
    public void Memory_and_pickles_come_back_byte_for_byte()
    {
        var bytes = new byte[] { 0x80, 5, 1 };
        Assert.Equal(bytes, Registry.Decode<ReadOnlyMemory<byte>>(Registry.Encode(new ReadOnlyMemory<byte>(bytes))).ToArray());
        Assert.Equal(bytes, Registry.Decode<Memory<byte>>(Registry.Encode(Data.Split(bytes, 1))).ToArray());
        Assert.Equal(bytes, Registry.Decode<ReadOnlySequence<byte>>(Registry.Encode(bytes)).ToArray());
        Assert.Equal(bytes, Registry.Decode<PickledObject>(Registry.Encode(new PickledObject(bytes))).Bytes.ToArray());
        Assert.Equal("pickle5", Registry.Encode(Registry.Decode<PickledObject>(new Payload("pickle5", bytes))).Codec);
        Assert.Equal("pickle", Registry.Encode(default(PickledObject)).Codec);
        Assert.Equal(new PickledObject(bytes), new PickledObject(bytes) { Codec = "pickle" });
        Assert.NotEqual(new PickledObject(bytes), new PickledObject(bytes) { Codec = "pickle5" });
        Assert.Throws<ArgumentException>(() => new PickledObject(bytes) { Codec = "json" });
        Assert.Equal([1, 2], Registry.Decode<ReadOnlyMemory<int>>(Registry.Encode(new[] { 1, 2 })).ToArray());
    }

    [Fact]
    public void An_array_is_its_little_endian_elements() =>
        Assert.Equal([1, 0, 0, 0, 254, 255, 255, 255], Registry.Encode(new[] { 1, -2 }).Bytes.ToArray());

    public static TheoryData<string, Action> Refusals => new()
    {
        { "Action", () => Registry.Encode<Action>(() => { }) },
        { "MemoryStream", () => Registry.Encode<Stream>(new MemoryStream()) },
        { "$.Inner", () => Registry.Encode(new Holder { Inner = new MemoryStream() }) },
        { "$.Callback", () => Registry.Encode(new Holder { Callback = () => { } }) },
        { "$.Token", () => Registry.Encode(new WithToken(default)) },
        { "IntPtr", () => Registry.Encode((nint)5) },
        { "cycle", Cycle },
        { "Task<Int32>", () => Registry.Encode(Task.FromResult(1)) },
        { "exact type", () => Registry.Encode<Person>(new Employee("Ada", [], Colour.Red, 5)) },
        { "boom", () => Registry.Encode(new Thrower()) },
        { "cannot be", () => Registry.Decode<int>(Registry.Encode<string?>(null)) },
        { "Int32", () => Registry.Decode<int>(Registry.Encode("text")) },
        { "only Python reads pickles", () => Registry.Decode<string>(new Payload(CodecNames.Pickle, new byte[] { 1 })) },
        { "only Python reads pickles", () => Registry.Decode<string>(new Payload(CodecNames.PickleBuffers, new byte[] { 1 })) },
        { "'mystery'", () => Registry.Decode<string>(new Payload("mystery", default)) },
        { "array.int32", () => Registry.Decode<int[]>(new Payload("array.int32", new byte[5])) },
        { "array.int32", () => Registry.Decode<long[]>(Registry.Encode(new[] { 1 })) },
        { "Duration", () => Registry.Decode<Duration>(new Payload(CodecNames.Protobuf, new byte[] { 0xff })) },
        { "protobuf", () => Registry.Decode<string>(Registry.Encode(new Duration())) },
        { "byte[]", () => Registry.Decode<string>(Registry.Encode(new byte[] { 1 })) },
        { "JSON", () => Registry.Decode<Person>(new Payload(CodecNames.Json, new byte[] { (byte)'{' })) },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_has_no_encoded_form_is_refused_by_a_text_that_says_what_and_where(string part, Action action)
    {
        var error = Assert.Throws<CodecException>(action);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_failed_does_not_spoil_the_next()
    {
        Assert.Throws<CodecException>(() => Registry.Encode(new Holder { Callback = () => { } }));
        RoundTrip("fine");
    }

    [Fact]
    public void The_applications_codecs_come_first_and_may_replace_built_in_ones()
    {
        var registry = new CodecRegistry(new UpperCase("upper"));
        Assert.Equal("upper", registry.Encode("abc").Codec);
        Assert.Equal("ABC", registry.Decode<string>(registry.Encode("abc")));
        Assert.Equal("json", registry.Encode(1).Codec);
        Assert.Equal("ABC", new CodecRegistry(new UpperCase("json")).Decode<string>(new Payload("json", "abc"u8.ToArray())));
        Assert.Throws<ArgumentException>(() => new CodecRegistry(new UpperCase("a"), new UpperCase("a")));
    }

    private static void Cycle()
    {
        var node = new Node();
        node.Next = node;
        Registry.Encode(node);
    }

    private static T RoundTrip<T>(T value, bool compare = true)
    {
        var back = Registry.Decode<T>(Registry.Encode(value));
        if (compare)
        {
            Assert.Equal(value, back);
        }

        return back;
    }

    public sealed record Employee(string Name, int[] Numbers, Colour Favourite, int Salary) : Person(Name, Numbers, Favourite);

    public record Person(string Name, int[] Numbers, Colour Favourite);

    [System.Text.Json.Serialization.JsonDerivedType(typeof(Derived), "derived")]
    public abstract class Base;

    public sealed class Derived : Base
    {
        public string? Own { get; set; }
    }

    private sealed class Holder
    {
        public Stream? Inner { get; set; }

        public Action? Callback { get; set; }
    }

    private sealed record WithToken(CancellationToken Token);

    private sealed class Node
    {
        public Node? Next { get; set; }
    }

    private sealed class Thrower
    {
        public int Value => throw new InvalidOperationException("boom");
    }

    private sealed class UpperCase(string name) : ICodec
    {
        public string Name => name;

        public bool Supports(System.Type type) => type == typeof(string);

        public void Encode<T>(T value, IBufferWriter<byte> output) => output.Write(System.Text.Encoding.UTF8.GetBytes((string)(object)value!));

        public T Decode<T>(ReadOnlyMemory<byte> bytes) => (T)(object)System.Text.Encoding.UTF8.GetString(bytes.Span).ToUpperInvariant();
    }
}
